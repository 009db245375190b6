import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { pick, type Said } from "../i18n/localized.ts";

export interface CourseSummary {
  readonly id: string;
  readonly course: Course;
  readonly title: Said<string> | null;
  readonly teachers: readonly string[];
  /** What the person is in it; null while that is not on the device. */
  readonly role: CourseRole | null;
  readonly students: number;
  readonly pages: number;
  readonly done: number;
}

export const teachersOf = (members: readonly Member[], courseId: string): string[] =>
  members.filter((member) => member.courseId === courseId && member.state === "active" && member.role === "instructor").map((member) => member.name);

export const memberOf = (members: readonly Member[], courseId: string, userId: string): Member | undefined =>
  members.find((member) => member.courseId === courseId && member.userId === userId && member.state === "active");

export const roleOf = (...asked: Parameters<typeof memberOf>): CourseRole | null => memberOf(...asked)?.role ?? null;

/** Teaches it or helps to: has no progress of their own to show in it. */
export const isStaff = (summary: Pick<CourseSummary, "role">): boolean => summary.role === "instructor" || summary.role === "assistant";

/** What is said of a course that is not simply open to its people. */
export const markOf = (state: Course["state"] | undefined): "course.draft" | "course.archivedMark" | null => (state === "draft" ? "course.draft" : state === "archived" ? "course.archivedMark" : null);

interface Parts {
  readonly courses: readonly Course[];
  readonly members: readonly Member[];
  readonly modules: readonly Pick<Module, "id" | "state">[];
  readonly pages: readonly PageItem[];
  readonly progress: readonly Progress[];
  readonly userId: string;
  readonly lang: Language;
}

/** One line for each course that is not in the bin, by name. Pure. */
export function courseSummaries({ courses, members, modules, pages, progress, userId, lang }: Parts): CourseSummary[] {
  // As the course itself counts: a page in a module that is hidden is nobody's to read.
  const shown = new Set(modules.filter((module) => module.state === "published").map((module) => module.id));
  const published = pages.filter((page) => page.state === "published" && shown.has(page.moduleId));
  const done = new Set(progress.filter((row) => row.done?.value).map((row) => row.itemId));
  return courses
    .filter((course) => course.state !== "trashed")
    .map((course) => {
      const own = published.filter((page) => page.courseId === course.id);
      return {
        id: course.id,
        course,
        title: pick(course.title, lang),
        teachers: teachersOf(members, course.id),
        role: roleOf(members, course.id, userId),
        students: members.filter((member) => member.courseId === course.id && member.state === "active" && member.role === "student").length,
        pages: own.length,
        done: own.filter((page) => done.has(page.id)).length,
      };
    })
    .sort((a, b) => (a.title?.value ?? "").localeCompare(b.title?.value ?? "", lang));
}
