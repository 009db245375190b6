import { type Actor, type CourseRole, isStaff, mayTeach } from "@mochila/shared/access/actor.ts";
import { parseRoom } from "@mochila/shared/collab/room.ts";
import { isInCourse } from "../access/actor.ts";
import type { Sql } from "../db/database.ts";

/** What a person may do in a room. `courseId`: whose changes of people matter here. */
export interface RoomAccess {
  readonly courseId: string;
  readonly write: boolean;
}

/**
 * The one place that decides about rooms, from the page as it is stored now and the person's role now. A page's room holds what is not
 * published, so only staff come in: instructors write, assistants read. Null for everyone else and for a room or page that does not exist:
 * the same answer, so that nobody learns which pages there are.
 */
export async function roomAccess(sql: Sql, actor: Actor, name: string): Promise<RoomAccess | null> {
  const room = parseRoom(name);
  if (!room) return null;
  const [item] = await sql<{ courseId: string }[]>`
    SELECT course_id AS "courseId" FROM doc_items WHERE id = ${room.itemId} AND NOT deleted AND body->>'kind' = 'page'`;
  return item ? decide(actor, item.courseId) : null;
}

function decide(actor: Actor, courseId: string): RoomAccess | null {
  return isStaff(actor, courseId) ? { courseId, write: mayTeach(actor, courseId) } : null;
}

/** Who is in a room, by which sign-in. */
export interface RoomHolder {
  readonly userId: string;
  readonly sessionId: string;
  readonly room: string;
}
export interface RoomStanding {
  readonly sessionOpen: boolean;
  readonly access: RoomAccess | null;
}

/** The same decision for many at once, with one query; in their order. Nobody who is suspended or gone has an open session. */
export async function roomStandings(sql: Sql, holders: readonly RoomHolder[]): Promise<RoomStanding[]> {
  if (holders.length === 0) return [];
  const items = holders.map(({ room }) => parseRoom(room)?.itemId ?? null);
  const rows = await sql<{ open: boolean | null; course_id: string | null; role: CourseRole | null; archived: boolean | null }[]>`
    SELECT session.ended_at IS NULL AND person.state = 'active' AND session.id IS NOT NULL AS open, item.course_id, member.body ->> 'role' AS role, course.body ->> 'state' = 'archived' AS archived
    FROM unnest(${holders.map(({ userId }) => userId)}::uuid[], ${holders.map(({ sessionId }) => sessionId)}::uuid[], ${items}::uuid[])
      WITH ORDINALITY AS holder (user_id, session_id, item_id, place)
    LEFT JOIN person ON person.id = holder.user_id
    LEFT JOIN session ON session.id = holder.session_id AND session.person_id = holder.user_id
    LEFT JOIN doc_items AS item ON item.id = holder.item_id AND NOT item.deleted AND item.body ->> 'kind' = 'page'
    LEFT JOIN doc_members AS member ON member.owner_id = holder.user_id AND member.course_id = item.course_id AND ${isInCourse(sql, "member")}
    LEFT JOIN doc_courses AS course ON course.id = item.course_id
    ORDER BY holder.place`;
  return holders.map(({ userId }, index) => {
    const { open = false, course_id: courseId = null, role = null, archived = null } = rows[index] ?? {};
    const actor: Actor = { userId, systemRole: "student", courses: new Map(courseId && role ? [[courseId, role]] : []), archived: new Set(courseId && archived === true ? [courseId] : []) };
    return { sessionOpen: open === true, access: courseId ? decide(actor, courseId) : null };
  });
}
