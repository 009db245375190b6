import type { Accessor } from "solid-js";
import { type ActAs, Look } from "@mochila/shared/admin/acting.ts";
import { ChangedPerson, LinkSent, type NewAccount, PeoplePage, type PeopleQuery, type PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import { Closure } from "@mochila/shared/users/own-data.ts";
import { createPaged } from "../ui/paged.ts";
import { useAsk } from "../users/own-calls.ts";

const BASE = "/api/admin/people";

/** What an administrator asks about people. Each throws CodedError. */
export function usePeopleCalls() {
  const ask = useAsk();
  return {
    list: async (query: PeopleQuery) => PeoplePage.parse(await (await ask(`${BASE}?${new URLSearchParams(query as Record<string, string>).toString()}`)).json()),
    create: async (account: NewAccount) => {
      const { sentTo, link, expiresAt } = (await (await ask(BASE, "POST", account)).json()) as LinkSent;
      return LinkSent.parse({ sentTo, link, expiresAt });
    },
    change: async (id: string, change: PersonChange) => ChangedPerson.parse(await (await ask(`${BASE}/${id}`, "PATCH", change)).json()),
    invite: async (id: string) => LinkSent.parse(await (await ask(`${BASE}/${id}/invite`, "POST", {})).json()),
    export: async (query: Omit<PeopleQuery, "after">) => (await ask(`${BASE}.csv?${new URLSearchParams(query as Record<string, string>).toString()}`)).blob(),
    /** `password`: one's own, where the answer holds the link. */
    reset: async (id: string, password?: string) => LinkSent.parse(await (await ask(`${BASE}/${id}/reset`, "POST", password === undefined ? {} : { password })).json()),
    removeFactors: async (id: string) => PersonLine.parse(await (await ask(`${BASE}/${id}/second-factors`, "DELETE")).json()),
    closure: async (id: string) => Closure.parse(await (await ask(`${BASE}/${id}/closure`)).json()),
    close: (id: string, email: string) => ask(`${BASE}/${id}/closure`, "POST", { email }),
    removePicture: (id: string) => ask(`${BASE}/${id}/picture`, "DELETE"),
    act: async (id: string, body: ActAs) => Look.parse(await (await ask(`${BASE}/${id}/act`, "POST", body)).json()),
    endLook: (lookId: string) => ask(`/api/admin/acting/${lookId}`, "DELETE"),
    signOut: (id: string) => ask(`${BASE}/${id}/sessions`, "DELETE"),
  };
}

export type PeopleCalls = ReturnType<typeof usePeopleCalls>;

type Filter = Omit<PeopleQuery, "after">;

export function createPeopleList(calls: PeopleCalls, filter: Accessor<Filter>) {
  const list = createPaged<Filter, PeoplePage>({
    filter,
    load: (wanted, before) => {
      const last = before?.people.at(-1)?.id;
      return calls.list({ ...wanted, ...(last !== undefined && { after: last }) });
    },
    join: (before, next) => ({ ...next, people: [...before.people, ...next.people] }),
  });
  return {
    ...list,
    /** A line as it stands now. */
    drop: ({ id }: PersonLine) => list.change((now) => ({ ...now, people: now.people.filter((one) => one.id !== id) })),
    put: (line: PersonLine) => list.change((now) => ({ ...now, people: now.people.map((one) => (one.id === line.id ? line : one)) })),
  };
}
