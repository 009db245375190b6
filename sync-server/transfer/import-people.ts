import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Transaction } from "../db/database.ts";
import type { OnCourse } from "../courses/course-deps.ts";
import { lockEntry } from "../courses/entry.ts";
import { place } from "../courses/place.ts";

export interface Participant {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: CourseRole;
}
/** E-mails that the caller named. */
export interface NamedPeople {
  readonly instructors: readonly string[];
  readonly students: readonly string[];
}

/** Those of the demo school who use an imported course when nobody is named; Mei stays outside, to be seen from outside. */
const DEMO: NamedPeople = { instructors: ["ana@demo.school", "luis@demo.school"], students: ["sofia@demo.school", "ben@demo.school"] };

async function findPeople(transaction: Transaction, { instructors, students }: NamedPeople): Promise<Participant[]> {
  const emails = [...new Set([...instructors, ...students])].map((email) => email.trim().toLowerCase());
  const rows = await transaction<{ id: string; name: string; email: string }[]>`select id, name, email from person where email = any(${emails}) and state = 'active'`;
  const byEmail = new Map(rows.map((row) => [row.email, row]));
  return (["instructor", "student"] as const).flatMap((role) =>
    (role === "instructor" ? instructors : students).flatMap((email) => {
      const person = byEmail.get(email.trim().toLowerCase());
      return person ? [{ userId: person.id, name: person.name, email: person.email, role }] : [];
    }),
  );
}

async function namedPeople(transaction: Transaction, named: NamedPeople): Promise<Participant[]> {
  const people = await findPeople(transaction, named);
  const missing = [...named.instructors, ...named.students].find((email) => !people.some((person) => person.email === email.trim().toLowerCase()));
  if (missing !== undefined) throw new CodedError("invalid_input", `Nobody here has the e-mail ${missing}.`);
  return people;
}

/**
 * Who shall be in a new course: those who were named (as an instructor at least the first administrator), else those of the demo school, else
 * the first administrator alone. Throws `invalid_input` when a named person or an administrator is missing.
 */
export async function peopleOfNewCourse(transaction: Transaction, named: NamedPeople): Promise<Participant[]> {
  const people = await namedPeople(transaction, named);
  if (people.some(({ role }) => role === "instructor")) return people;
  const demo = people.length === 0 ? await findPeople(transaction, DEMO) : [];
  if (demo.length === DEMO.instructors.length + DEMO.students.length) return demo;
  const [first] = await transaction<{ id: string; name: string; email: string }[]>`
    select id, name, email from person where system_role = 'administrator' and state = 'active' order by created_at, id limit 1`;
  if (!first) throw new CodedError("invalid_input", "A course needs an instructor and there is nobody yet; make a person first (create-user), or name one with --instructor.");
  return [{ userId: first.id, name: first.name, email: first.email, role: "instructor" }, ...people];
}

export async function placeAll(transaction: Transaction, parts: { readonly clock: Clock }, on: OnCourse, people: readonly Participant[]): Promise<Scope[]> {
  if (people.length === 0) return [];
  await lockEntry(transaction, on.courseId);
  const scopes: Scope[] = [];
  for (const { userId, name, role } of people) scopes.push(...((await place(transaction, parts, { ...on, userId, name, role })) ?? []));
  return scopes;
}

/** On a later run only those who are named now are added. */
export const peopleToAdd = (transaction: Transaction, named: NamedPeople): Promise<Participant[]> => namedPeople(transaction, named);
