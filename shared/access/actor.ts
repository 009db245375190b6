import * as z from "zod/mini";

export const SystemRole = z.enum(["administrator", "instructor", "student"]);
export type SystemRole = z.infer<typeof SystemRole>;

export const CourseRole = z.enum(["instructor", "assistant", "student", "observer"]);
export type CourseRole = z.infer<typeof CourseRole>;

/** Who acts, as the database says it now. Tokens carry no roles, so that a change acts at once. */
export interface Actor {
  readonly userId: string;
  readonly systemRole: SystemRole;
  /** Role by course id, of the courses this person is in now. */
  readonly courses: ReadonlyMap<string, CourseRole>;
}

export const isMember = (actor: Actor, courseId: string): boolean => actor.courses.has(courseId);

/** Staff see drafts and what everybody did. An assistant sees what the instructor sees. */
export function isStaff(actor: Actor, courseId: string): boolean {
  const role = actor.courses.get(courseId);
  return role === "instructor" || role === "assistant";
}

/** Who may change what the course is. */
export const mayTeach = (actor: Actor, courseId: string): boolean => actor.courses.get(courseId) === "instructor";
