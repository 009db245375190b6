import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import { LinkSent, type NewAccount, PeoplePage, type PeopleQuery, type PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { useAsk } from "../users/own-calls.ts";

const BASE = "/api/admin/people";
/** After the last key: a search is one question, not one a letter. */
const SEARCH_AFTER_MS = 250;

/** What an administrator asks about people. Each throws CodedError. */
export function usePeopleCalls() {
  const ask = useAsk();
  return {
    list: async (query: PeopleQuery) => PeoplePage.parse(await (await ask(`${BASE}?${new URLSearchParams(query as Record<string, string>).toString()}`)).json()),
    create: async (account: NewAccount) => {
      const { sentTo, link } = (await (await ask(BASE, "POST", account)).json()) as LinkSent;
      return LinkSent.parse({ sentTo, link });
    },
    change: async (id: string, change: PersonChange) => PersonLine.parse(await (await ask(`${BASE}/${id}`, "PATCH", change)).json()),
    reset: async (id: string) => LinkSent.parse(await (await ask(`${BASE}/${id}/reset`, "POST", {})).json()),
    signOut: (id: string) => ask(`${BASE}/${id}/sessions`, "DELETE"),
  };
}

export type PeopleCalls = ReturnType<typeof usePeopleCalls>;

export const isRefused = (error: unknown): boolean => error instanceof CodedError && error.code === "invalid_input";

type Filter = Omit<PeopleQuery, "after">;

/** The list as it is asked for: page after page, anew when the filter changes. Of answers that overtake each other the last question's counts. */
export function createPeopleList(calls: PeopleCalls, filter: Accessor<Filter>) {
  const [page, setPage] = createSignal<PeoplePage | null>();
  const [busy, setBusy] = createSignal(false);
  let asked = 0;
  const load = async (before: PeoplePage | null): Promise<void> => {
    asked += 1;
    const question = asked;
    setBusy(true);
    const last = before?.people.at(-1)?.id;
    const next = await calls.list({ ...filter(), ...(last !== undefined && { after: last }) }).catch(() => null);
    if (question !== asked) return;
    setBusy(false);
    if (next && before) setPage({ ...next, people: [...before.people, ...next.people] });
    else setPage(next);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(filter, (_, before) => {
      clearTimeout(timer);
      timer = setTimeout(() => void load(null), before === undefined ? 0 : SEARCH_AFTER_MS);
    }),
  );
  onCleanup(() => clearTimeout(timer));
  return {
    /** Undefined: not known yet. Null: the school cannot be asked. */
    page,
    busy,
    more: () => load(page() ?? null),
    again: () => load(null),
    /** A line as it stands now. */
    put: (line: PersonLine) => setPage((now) => now && { ...now, people: now.people.map((one) => (one.id === line.id ? line : one)) }),
  };
}
