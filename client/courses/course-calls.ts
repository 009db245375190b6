import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { AddedMember } from "@mochila/shared/courses/added-member.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { usePerson } from "../person.ts";
import { useAsk } from "../users/own-calls.ts";

/** How long the new course may take to this device before somebody is told to look later. */
const ARRIVES_MS_MAX = 15_000;

/** What only the server decides about a course: that it begins, and who is in it. Each throws CodedError. */
export function useCourseCalls() {
  const ask = useAsk();
  const { collections, sync } = usePerson();
  return {
    /** Resolves with the course's id, and whether it is on this device by then. The id is made here: asked again it makes no second course. */
    begin: async (title: Localized<string>, id = newId()): Promise<{ id: string; here: boolean }> => {
      await ask("/api/courses", "POST", { id, title, languages: languages.filter((lang) => title[lang] !== undefined) });
      void sync.syncNow();
      return { id, here: await arrives(id) };
    },
    /** Whether the course is on this device within a time; where it is not, it comes later. */
    arrives,
    add: async (courseId: string, email: string, role: CourseRole): Promise<AddedMember["outcome"]> =>
      AddedMember.parse(await (await ask(`/api/courses/${courseId}/members`, "POST", { email, role })).json()).outcome,
    changeRole: async (courseId: string, userId: string, role: CourseRole): Promise<void> => void (await ask(`/api/courses/${courseId}/members/${userId}`, "PATCH", { role })),
    /** `endsAt`: null takes an end away. */
    end: async (courseId: string, userId: string, endsAt: number | null): Promise<void> => void (await ask(`/api/courses/${courseId}/members/${userId}`, "PATCH", { endsAt })),
    remove: async (courseId: string, userId: string): Promise<void> => void (await ask(`/api/courses/${courseId}/members/${userId}`, "DELETE")),
  };

  function arrives(id: string): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (here: boolean) => {
        clearTimeout(timer);
        resolve(here);
        queueMicrotask(() => watch.unsubscribe());
      };
      const timer = setTimeout(() => done(false), ARRIVES_MS_MAX);
      const watch = collections.courses.findOne(id).$.subscribe((course) => course && done(true));
    });
  }
}
