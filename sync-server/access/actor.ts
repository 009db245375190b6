import type { Actor, CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";

export interface ActorRow {
  readonly system_role: SystemRole;
  readonly state: string;
  readonly course_id: string | null;
  readonly role: CourseRole | null;
  /** Of a course whose staff they are. */
  readonly archived: boolean | null;
}

/** That a row of members is of somebody who is in the course now: an end that has come counts, also where nobody has taken them out yet. */
export const isInCourse = (sql: Sql, member: string) => sql`
  not ${sql(member)}.deleted and ${sql(member)}.body ->> 'state' = 'active' and coalesce((${sql(member)}.body ->> 'endsAt')::bigint > extract(epoch from now()) * 1000, true)`;

/** What a statement asks to know who acts; roles come from the active `members` documents. For one `person.id`. Courses are looked at for their staff only: a student's request costs none. */
export const actorColumns = (sql: Sql) => sql`
  person.system_role, person.state, member.course_id, member.body ->> 'role' as role,
  case when member.body ->> 'role' in ('instructor', 'assistant') then (select course.body ->> 'state' = 'archived' from doc_courses as course where course.id = member.course_id) end as archived`;
export const actorTables = (sql: Sql) => sql`person left join doc_members as member on member.owner_id = person.id and ${isInCourse(sql, "member")}`;

/**
 * Who acts, as the database says it now: one query. A suspended person is in no course and has no power over the system. Throws
 * `session_ended` when there is no such person.
 */
export async function loadActor(sql: Sql, userId: string): Promise<Actor> {
  return toActor(userId, await sql<ActorRow[]>`select ${actorColumns(sql)} from ${actorTables(sql)} where person.id = ${userId}::uuid`);
}

export function toActor(userId: string, rows: readonly ActorRow[]): Actor {
  const [person] = rows;
  if (!person) throw new CodedError("session_ended", "This account does not exist any more.");
  if (person.state !== "active") return { userId, systemRole: "student", courses: new Map() };
  const courses = new Map<string, CourseRole>();
  for (const { course_id, role } of rows) if (course_id !== null && role !== null) courses.set(course_id, role);
  const archived = rows.flatMap((row) => (row.course_id !== null && row.archived === true ? [row.course_id] : []));
  return { userId, systemRole: person.system_role, courses, ...(archived.length > 0 && { archived: new Set(archived) }) };
}
