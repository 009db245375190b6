import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { isUuid, pairId } from "@mochila/shared/kernel/ids.ts";
import { isInCourse } from "../access/actor.ts";
import type { Sql } from "../db/database.ts";

export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly systemRole: SystemRole;
  readonly state: string;
  /** A sign-up that nobody has confirmed: an account is made over it. */
  readonly isUnproved?: boolean;
}

export interface KnownMember {
  readonly role: CourseRole;
  readonly state: "active" | "left";
  /** When it ends, milliseconds since 1970; null: never. Left out of what imports noted before they read ends. */
  readonly endsAt?: number | null;
}

/** Whether a place is still what was noted of it. */
export const standsSo = (now: KnownMember | undefined, noted: KnownMember): boolean =>
  now?.state === noted.state && (now.state === "left" || (now.role === noted.role && (noted.endsAt === undefined || noted.endsAt === now.endsAt)));

export interface KnownCourse {
  readonly id: string;
  readonly state: string;
  /** When a place ends for who comes in from now on; null: never. */
  readonly placeEndsAt: number | null;
}

/** What of the school a number of lines is about. A plan moves it on line by line, as the database will be. */
export interface SchoolNow {
  readonly people: Map<string, KnownPerson>;
  /** By what was typed: one, none, or several of a name. */
  readonly courses: ReadonlyMap<string, readonly KnownCourse[]>;
  readonly members: Map<string, KnownMember>;
  /** Who teaches, by course; only of courses where a line takes that role away. */
  readonly instructors: Map<string, Set<string>>;
  readonly administrators: Set<string>;
}

export interface Wanted {
  readonly email: string;
  readonly systemRole: SystemRole | null;
  readonly course: string | null;
  readonly courseRole: CourseRole | null;
}

interface Reading {
  /** Nobody else changes what is read, until the end of the transaction. */
  readonly lock: boolean;
}

const forUpdate = (sql: Sql, { lock }: Reading) => (lock ? sql`for update` : sql``);

async function readPeople(sql: Sql, emails: readonly string[], reading: Reading): Promise<Map<string, KnownPerson>> {
  const rows = await sql<{ id: string; email: string; name: string; system_role: SystemRole; state: string; isUnproved: boolean }[]>`
    select id, email, name, system_role, state, email_verified_at is null and state = 'active' as "isUnproved" from person where email = any(${[...new Set(emails)]}) order by id ${forUpdate(sql, reading)}`;
  return new Map(rows.map(({ email, system_role, ...person }) => [email, { ...person, systemRole: system_role }]));
}

/** By their ids, and by either title without regard to capitals. One walk over the courses. */
async function readCourses(sql: Sql, typed: readonly string[]): Promise<Map<string, KnownCourse[]>> {
  const names = [...new Set(typed.map((name) => name.toLowerCase()))];
  const found = new Map<string, KnownCourse[]>(typed.map((name) => [name, []]));
  if (names.length === 0) return found;
  const rows = await sql<(KnownCourse & { names: string[] })[]>`
    select course.id, course.body ->> 'state' as state, case when entry.place_ends_at > now() then floor(extract(epoch from entry.place_ends_at) * 1000)::float8 end as "placeEndsAt", array_remove(array[lower(course.body -> 'title' ->> 'en'), lower(course.body -> 'title' ->> 'es')], null) as names
    from doc_courses as course left join course_entry as entry on entry.course_id = course.id where not course.deleted
      and (course.id = any(${names.filter(isUuid)}::uuid[]) or lower(course.body -> 'title' ->> 'en') = any(${names}) or lower(course.body -> 'title' ->> 'es') = any(${names}))`;
  for (const [name, courses] of found) courses.push(...rows.filter((row) => row.id === name.toLowerCase() || row.names.includes(name.toLowerCase())).map(({ id, state, placeEndsAt }) => ({ id, state, placeEndsAt })));
  return found;
}

export async function readMembers(sql: Sql, ids: readonly string[], reading: Reading): Promise<Map<string, KnownMember>> {
  const rows = await sql<{ id: string; role: CourseRole; state: "active" | "left"; endsAt: number | null }[]>`
    select id, body ->> 'role' as role, (body ->> 'endsAt')::float8 as "endsAt", case when ${isInCourse(sql, "doc_members")} then 'active' else 'left' end as state from doc_members where id = any(${[...new Set(ids)]}::uuid[]) and not deleted order by id ${forUpdate(sql, reading)}`;
  return new Map(rows.map(({ id, ...member }) => [id, member]));
}

/** Who teaches and stays: whose account will be closed does not count. Locked, so that of two who take the last two away one is refused. */
export async function readInstructors(sql: Sql, courseIds: readonly string[], reading: Reading): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>(courseIds.map((id) => [id, new Set()]));
  if (courseIds.length === 0) return found;
  const rows = await sql<{ course_id: string; owner_id: string }[]>`
    select member.course_id, member.owner_id from doc_members as member join person on person.id = member.owner_id and person.closing_at is null
    where member.course_id = any(${[...found.keys()]}::uuid[]) and not member.deleted and member.body ->> 'state' = 'active' and member.body ->> 'role' = 'instructor'
    order by member.id ${reading.lock ? sql`for update of member` : sql``}`;
  for (const { course_id, owner_id } of rows) found.get(course_id)?.add(owner_id);
  return found;
}

/** As `readInstructors`. */
export async function readAdministrators(sql: Sql, reading: Reading): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from person where system_role = 'administrator' and state = 'active' and closing_at is null order by id ${forUpdate(sql, reading)}`;
  return new Set(rows.map(({ id }) => id));
}

/** Reads what these lines are about, in a fixed number of statements whatever their number. */
export async function readSchool(sql: Sql, wanted: readonly Wanted[], reading: Reading): Promise<SchoolNow> {
  const people = await readPeople(sql, wanted.map(({ email }) => email), reading);
  const courses = await readCourses(sql, wanted.flatMap(({ course }) => course ?? []));
  const places = wanted.flatMap(({ email, course, courseRole }) => {
    const [person, [found, another] = []] = [people.get(email), courses.get(course ?? "")];
    return person && found && !another ? [{ id: pairId(found.id, person.id), courseId: found.id, courseRole }] : [];
  });
  const members = await readMembers(sql, places.map(({ id }) => id), reading);
  const left = places.filter(({ id, courseRole }) => courseRole !== null && courseRole !== "instructor" && members.get(id)?.role === "instructor");
  const instructors = await readInstructors(sql, left.map(({ courseId }) => courseId), reading);
  const isDemoted = wanted.some(({ email, systemRole }) => systemRole !== null && systemRole !== "administrator" && people.get(email)?.systemRole === "administrator");
  return { people, courses, members, instructors, administrators: isDemoted ? await readAdministrators(sql, reading) : new Set() };
}
