import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { courseScope, staffScope } from "@mochila/shared/access/scope.ts";
import { type IdSource, newId, pairId } from "@mochila/shared/kernel/ids.ts";
import { ensurePersonScopes, grantToAll } from "@mochila/sync-server/access/grants.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { writeDocuments } from "@mochila/sync-server/sync/write-documents.ts";
import type { Seeded } from "./seeded.ts";

export type Person = "ana" | "luis" | "sofia" | "ben";
const PERSONS: readonly Person[] = ["ana", "luis", "sofia", "ben"];

export interface School {
  readonly people: Record<Person, string>;
  readonly courses: readonly string[];
  /** Only Ana's: nothing of it may reach anybody else. */
  readonly closed: string;
}

interface Enrolled {
  readonly course: string;
  readonly person: Person;
  readonly role: CourseRole;
}

/** Who is in which course at the beginning. */
export function enrolled({ courses, closed }: Omit<School, "people">): Enrolled[] {
  const role = (person: Person): CourseRole => (person === "sofia" || person === "ben" ? "student" : "instructor");
  const all = courses.flatMap((course, index) => PERSONS.filter((person) => person !== "ben" || index === 0).map((person) => ({ course, person, role: role(person) })));
  return [{ course: closed, person: "ana", role: "instructor" }, ...all];
}

/** Makes the school of a seed, all in one transaction. */
export async function makeSchool(database: Database, { ids, random, token }: { ids: IdSource; random: Seeded; token: () => string }): Promise<School> {
  const people = Object.fromEntries(PERSONS.map((person) => [person, newId(ids)])) as Record<Person, string>;
  const school = { people, courses: [newId(ids), newId(ids)], closed: newId(ids) };
  const all = [...school.courses, school.closed];
  const members = enrolled(school);
  const course = (id: string) => ({ collection: "courses", document: { id, courseId: id, title: { en: "Course" }, description: {}, languages: ["en"], state: "published" } });
  const member = ({ course: courseId, person, role }: Enrolled) =>
    ({ collection: "members", document: { id: pairId(courseId, people[person]), courseId, userId: people[person], name: "Somebody", role, state: "active" } });
  const module = (courseId: string) => ({ id: newId(ids), courseId, title: { en: token() }, order: "V", state: random.chance(0.6) ? "published" : "draft" });
  const modules = all.flatMap((courseId) => Array.from({ length: 3 }, () => ({ collection: "modules", document: module(courseId) })));
  await database.transaction(async (transaction) => {
    await transaction`
      insert into person (id, email, name, system_role)
      select id, id || '@test', 'Somebody', 'student' from unnest(${Object.values(people)}::uuid[]) as made (id)`;
    for (const id of Object.values(people)) await ensurePersonScopes(transaction, id);
    await writeDocuments(transaction, [...all.map(course), ...members.map(member), ...modules]);
    for (const id of all) {
      const inIt = members.filter((one) => one.course === id);
      await grantToAll(transaction, inIt.map(({ person }) => people[person]), [courseScope(id)]);
      await grantToAll(transaction, inIt.filter(({ role }) => role === "instructor").map(({ person }) => people[person]), [staffScope(id)]);
    }
  });
  return school;
}
