import type { Accessor } from "solid-js";
import { AdminCourse, CoursesPage, type CoursesQuery, type CourseState } from "@mochila/shared/admin/course.ts";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { createPaged } from "../../ui/paged.ts";
import { useAsk } from "../../users/own-calls.ts";

const BASE = "/api/admin/courses";

/** What an administrator asks about courses. Each throws CodedError. */
export function useCoursesCalls() {
  const ask = useAsk();
  const membersOf = (courseId: string) => `/api/courses/${courseId}/members`;
  return {
    list: async (query: CoursesQuery) => CoursesPage.parse(await (await ask(`${BASE}?${new URLSearchParams(query as Record<string, string>).toString()}`)).json()),
    read: async (id: string) => AdminCourse.parse(await (await ask(`${BASE}/${id}`)).json()),
    begin: async ({ id, title, instructor }: { id: string; title: Localized<string>; instructor: string }) =>
      AdminCourse.parse(await (await ask(BASE, "POST", { id, title, languages: languages.filter((lang) => title[lang] !== undefined), instructor })).json()),
    setState: async (id: string, state: CourseState) => AdminCourse.parse(await (await ask(`${BASE}/${id}`, "PATCH", { state })).json()),
    addPerson: (courseId: string, email: string, role: CourseRole) => ask(membersOf(courseId), "POST", { email, role }),
    giveRole: (courseId: string, userId: string, role: CourseRole) => ask(`${membersOf(courseId)}/${userId}`, "PATCH", { role }),
    removePerson: (courseId: string, userId: string) => ask(`${membersOf(courseId)}/${userId}`, "DELETE"),
  };
}

export type CoursesCalls = ReturnType<typeof useCoursesCalls>;

/** The list, page after page. */
export const createCoursesList = (calls: Pick<CoursesCalls, "list">, filter: Accessor<Omit<CoursesQuery, "after">>) =>
  createPaged<Omit<CoursesQuery, "after">, CoursesPage>({
    filter,
    load: (wanted, before) => {
      const last = before?.courses.at(-1)?.id;
      return calls.list({ ...wanted, ...(last !== undefined && { after: last }) });
    },
    join: (before, next) => ({ ...next, courses: [...before.courses, ...next.courses] }),
  });
