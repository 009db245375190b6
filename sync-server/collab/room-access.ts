import { type Actor, isStaff, mayTeach } from "@mochila/shared/access/actor.ts";
import { parseRoom } from "@mochila/shared/collab/room.ts";
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
  if (!item || !isStaff(actor, item.courseId)) return null;
  return { courseId: item.courseId, write: mayTeach(actor, item.courseId) };
}
