import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";

/** The courses of the test school by their state; all but `other` have the same people in them. */
export const courseStates = { main: "published", other: "published", draft: "draft", trashed: "trashed", archived: "archived" } as const;
export type CourseName = keyof typeof courseStates;

interface TestPerson {
  readonly systemRole: SystemRole;
  /** In `other`, or in all courses but `other`. */
  readonly role: CourseRole;
  readonly where: "other" | "ours" | "nowhere";
  readonly became?: "unenrolled" | "suspended";
}

/** Who is what. The matrix expects from this what somebody may. */
const people = {
  student: { systemRole: "student", role: "student", where: "ours" },
  // Another group of the same course, where groups exist; until then somebody of the same course without anything of their own in it.
  otherGroup: { systemRole: "student", role: "student", where: "ours" },
  otherStudent: { systemRole: "student", role: "student", where: "other" },
  unenrolled: { systemRole: "student", role: "student", where: "ours", became: "unenrolled" },
  // With all powers there are, so that each that is left shows.
  suspended: { systemRole: "administrator", role: "instructor", where: "ours", became: "suspended" },
  observer: { systemRole: "student", role: "observer", where: "ours" },
  assistant: { systemRole: "student", role: "assistant", where: "ours" },
  instructor: { systemRole: "instructor", role: "instructor", where: "ours" },
  otherInstructor: { systemRole: "instructor", role: "instructor", where: "other" },
  administrator: { systemRole: "administrator", role: "student", where: "other", became: "unenrolled" },
  // An administrator and instructor whose second factor is awaited.
  halfway: { systemRole: "administrator", role: "instructor", where: "ours" },
  // Whom requests are about.
  peer: { systemRole: "student", role: "student", where: "ours" },
  stranger: { systemRole: "student", role: "student", where: "other" },
  // With a device that has pulled; so that an instructor is never the last one of a course.
  colleague: { systemRole: "instructor", role: "instructor", where: "ours" },
  // For a seat, in every course.
  waiting: { systemRole: "student", role: "student", where: "nowhere" },
  otherColleague: { systemRole: "instructor", role: "instructor", where: "other" },
} as const satisfies Record<string, TestPerson>;

export type PersonName = keyof typeof people;
export const personNames = Object.keys(people) as PersonName[];
export const factsOf = (name: PersonName): TestPerson => people[name];

export const coursesOf = ({ where }: TestPerson): CourseName[] =>
  (Object.keys(courseStates) as CourseName[]).filter((name) => where !== "nowhere" && (name === "other") === (where === "other"));

/** Their role in a course now, or null. */
export const roleIn = (name: PersonName, course: CourseName): CourseRole | null => {
  const person = factsOf(name);
  return person.became === undefined && coursesOf(person).includes(course) ? person.role : null;
};
