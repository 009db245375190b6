import { type Accessor, createMemo } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { useRows } from "../db/live-query.ts";
import { language } from "../i18n/language.ts";
import { usePerson } from "../person.ts";

/** Who is in a course now, by role and name, as this device has it. */
export function useCoursePeople(courseId: Accessor<string>): Accessor<ReadonlyMap<CourseRole, readonly Member[]> | undefined> {
  const { collections } = usePerson();
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId: courseId() } }));
  return createMemo(() => {
    const active = members()?.filter(({ state }) => state === "active");
    if (!active) return undefined;
    const byName = new Intl.Collator(language());
    const groups = new Map<CourseRole, Member[]>();
    for (const member of active.sort((a, b) => byName.compare(a.name, b.name))) groups.set(member.role, [...(groups.get(member.role) ?? []), member]);
    return groups;
  });
}
