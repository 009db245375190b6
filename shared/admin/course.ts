import * as z from "zod/mini";
import { CourseRole } from "../access/actor.ts";
import { orOther, TextInLanguages } from "../kernel/answer.ts";
import { Instant, Language, LocalizedTitle, text, Uuid } from "../kernel/schema.ts";
import { Email } from "../users/typed.ts";

const CourseState = z.enum(["draft", "published", "archived", "trashed"]);
export type CourseState = z.infer<typeof CourseState>;

/** A course as administrators see it in a list. */
export const CourseLine = z.object({
  id: Uuid,
  title: TextInLanguages,
  state: orOther(CourseState),
  /** The first of those who teach it, by name. */
  instructors: z.array(z.string()),
  students: z.int(),
  changedAt: Instant,
});
export type CourseLine = z.infer<typeof CourseLine>;

export const COURSES_PAGE_MAX = 50;

/** GET /api/admin/courses. `search`: part of a title. `after`: the last line of the page before. */
export const CoursesQuery = z.strictObject({ search: z.optional(text(100)), state: z.optional(CourseState), after: z.optional(Uuid) });
export type CoursesQuery = z.infer<typeof CoursesQuery>;

const Counts = z.object({ all: z.int(), draft: z.int(), published: z.int(), archived: z.int(), trashed: z.int() });
/** `counts`: of those that the search lets through, by state; `all`: without the bin and the archive. */
export const CoursesPage = z.object({ courses: z.array(CourseLine), more: z.boolean(), counts: Counts });
export type CoursesPage = z.infer<typeof CoursesPage>;

/** POST /api/admin/courses: a course for somebody who teaches it. `id` is made on the device, so that a repeated request makes no second one. */
export const CourseForSomebody = z.strictObject({ id: Uuid, title: LocalizedTitle, languages: z.array(Language).check(z.minLength(1), z.maxLength(2)), instructor: Email });
export type CourseForSomebody = z.infer<typeof CourseForSomebody>;

/** PATCH /api/admin/courses/:id */
export const CourseStateChange = z.strictObject({ state: CourseState });

const CoursePerson = z.object({ id: Uuid, name: z.string(), email: z.string(), role: orOther(CourseRole) });
export type CoursePerson = z.infer<typeof CoursePerson>;
/** GET /api/admin/courses/:id: with its staff first; `more`: not all of its people are here. */
export const AdminCourse = z.object({ course: CourseLine, people: z.array(CoursePerson), more: z.boolean() });
export type AdminCourse = z.infer<typeof AdminCourse>;
