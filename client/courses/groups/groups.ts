import type { RxCollection } from "rxdb/plugins/core";
import { type Accessor, createMemo } from "solid-js";
import type { Group, Member, MemberRow } from "@mochila/shared/courses/member.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { useRows } from "../../db/live-query.ts";
import { createDocument, updateDocument } from "../../db/write.ts";
import { language } from "../../i18n/language.ts";
import { usePerson } from "../../person.ts";
import { splitByChance } from "./split.ts";

const isGroup = (row: MemberRow): row is Group => "kind" in row;

export interface Arrangement {
  readonly groups: readonly Group[];
  /** Who is in each, by name. */
  readonly in: ReadonlyMap<string, readonly Member[]>;
  /** Students who are in none. */
  readonly alone: readonly Member[];
  readonly students: readonly Member[];
}

/** Groups by name and who is in them. A group that was dissolved, here or elsewhere, holds nobody. Pure. */
export function arrangement(rows: readonly MemberRow[], lang: string): Arrangement {
  const collator = new Intl.Collator(lang, { numeric: true });
  const groups = rows.filter(isGroup).filter(({ dissolved }) => dissolved !== true).sort((a, b) => collator.compare(a.title, b.title) || (a.id < b.id ? -1 : 1));
  const people = rows.filter((row): row is Member => !isGroup(row) && row.state === "active").sort((a, b) => collator.compare(a.name, b.name));
  const inGroup = new Map(groups.map(({ id }) => [id, people.filter(({ groupId }) => groupId === id)]));
  const students = people.filter(({ role }) => role === "student");
  return { groups, in: inGroup, students, alone: students.filter(({ groupId }) => groupId === undefined || !inGroup.has(groupId)) };
}

export function useGroups(courseId: Accessor<string>): Accessor<Arrangement | undefined> {
  const { collections } = usePerson();
  const rows = useRows<Member>(() => collections.members.find({ selector: { courseId: courseId() } }));
  return createMemo(() => {
    const known: readonly MemberRow[] | undefined = rows();
    return known && arrangement(known, language());
  });
}

/** What staff do to the groups of a course: on the device at once, offline too. */
export function useGroupActions(courseId: string) {
  const { collections } = usePerson();
  const groups = collections.members as unknown as RxCollection<Group>;
  const change = (id: string, next: Partial<Pick<Group, "title" | "dissolved">>) => updateDocument<Group>(groups, id, (current) => ({ ...current, ...next }));
  const make = async (title: string): Promise<string> => {
    const id = newId();
    await createDocument<Group>(groups, { id, courseId, kind: "group", title });
    return id;
  };
  const put = (member: Pick<Member, "id">, groupId: string | null) =>
    updateDocument<Member>(collections.members, member.id, (current) => {
      if (groupId !== null) return { ...current, groupId };
      const { groupId: _group, ...alone } = current;
      return alone;
    });
  return {
    make,
    put,
    rename: (id: string, title: string) => change(id, { title }),
    dissolve: (id: string) => change(id, { dissolved: true }),
    /** New groups of even size in the place of those of now. Answers what puts everything back. */
    split: async (now: Arrangement, titles: readonly string[]): Promise<() => Promise<void>> => {
      const parts = splitByChance(now.students, titles.length, systemRandom);
      const made: string[] = [];
      for (const [index, title] of titles.entries()) {
        const id = await make(title);
        made.push(id);
        for (const member of parts[index] ?? []) await put(member, id);
      }
      for (const { id } of now.groups) await change(id, { dissolved: true });
      return async () => {
        for (const { id } of now.groups) await change(id, { dissolved: false });
        for (const member of now.students) await put(member, member.groupId ?? null);
        for (const id of made) await change(id, { dissolved: true });
      };
    },
  };
}
