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
  /** Those of them whose staff they are and that are archived: read by all, changed by nobody. */
  readonly archived?: ReadonlySet<string>;
}

export const isMember = (actor: Actor, courseId: string): boolean => actor.courses.has(courseId);

/** Staff see drafts and what everybody did. An assistant sees what the instructor sees. */
export function isStaff(actor: Actor, courseId: string): boolean {
  const role = actor.courses.get(courseId);
  return role === "instructor" || role === "assistant";
}

/** Also of a course that is archived: they may bring it back, and copy it. */
export const isInstructor = (actor: Actor, courseId: string): boolean => actor.courses.get(courseId) === "instructor";

const isArchived = (actor: Actor, courseId: string): boolean => actor.archived?.has(courseId) === true;

/** Who may change what is in the course and who is in it. */
export const mayTeach = (actor: Actor, courseId: string): boolean => isInstructor(actor, courseId) && !isArchived(actor, courseId);

/** Who may put the people of the course into groups. */
export const mayArrange = (actor: Actor, courseId: string): boolean => isStaff(actor, courseId) && !isArchived(actor, courseId);
