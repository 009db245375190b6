import type { Actor, CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";

interface Row {
  readonly system_role: SystemRole;
  readonly state: string;
  readonly course_id: string | null;
  readonly role: CourseRole | null;
}

/**
 * Who acts, as the database says it now: one query. Roles come from the active `members` documents. A suspended person is in no
 * course and has no power over the system. Throws `session_ended` when there is no such person.
 */
export async function loadActor(sql: Sql, userId: string): Promise<Actor> {
  const rows = await sql<Row[]>`
    select person.system_role, person.state, member.course_id, member.body ->> 'role' as role
    from person left join doc_members as member
      on member.owner_id = person.id and not member.deleted and member.body ->> 'state' = 'active'
    where person.id = ${userId}::uuid`;
  const [person] = rows;
  if (!person) throw new CodedError("session_ended", "This account does not exist any more.");
  if (person.state !== "active") return { userId, systemRole: "student", courses: new Map() };
  const courses = new Map<string, CourseRole>();
  for (const { course_id, role } of rows) if (course_id !== null && role !== null) courses.set(course_id, role);
  return { userId, systemRole: person.system_role, courses };
}
