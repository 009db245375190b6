import type { Actor, CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";

export interface ActorRow {
  readonly system_role: SystemRole;
  readonly state: string;
  readonly course_id: string | null;
  readonly role: CourseRole | null;
}

/** What a statement asks to know who acts; roles come from the active `members` documents. For one `person.id`. */
export const actorColumns = (sql: Sql) => sql`person.system_role, person.state, member.course_id, member.body ->> 'role' as role`;
export const actorTables = (sql: Sql) => sql`person left join doc_members as member on member.owner_id = person.id and not member.deleted and member.body ->> 'state' = 'active'`;

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
  return { userId, systemRole: person.system_role, courses };
}
