import { parseRoom } from "@mochila/shared/collab/room.ts";
import { roleOf } from "./courses/course-summary.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { LostText } from "./collab/dirty-rooms.ts";
import type { LocalDatabase } from "./db/local.ts";
import { roomName } from "./db/names.ts";
import type { Collections, DirtyRooms, RescuedWork } from "./person.ts";

interface RescueParts {
  readonly collections: Collections;
  readonly local: LocalDatabase;
  readonly userId: string;
  now(): number;
}

/**
 * Keeps the text of a room that takes no more of it, or no more of this person (DECISIONS 16), as a piece in the outbox. Answers false while the page
 * may only be unknown to the server because it was made on this device: then the room waits.
 */
export const rescueOfRooms =
  ({ collections, local, userId, now }: RescueParts) =>
  async ({ room, itemId, courseId, title, writtenAt, text, reason }: LostText): Promise<boolean> => {
    const keep = (code: string) => local.rescued.put({ key: room, collection: "items", documentId: itemId, courseId, itemId, code, at: now(), writtenAt, title, fields: {}, text });
    if (reason === "too-large") {
      await keep("too_large");
      return true;
    }
    const page = await collections.items.findOne(itemId).exec();
    const members = await collections.members.find({ selector: { userId } }).exec();
    const role = courseId === null ? null : roleOf(members.map((member) => member.toJSON() as Member), courseId, userId);
    if (page && role === "instructor") return false;
    await keep(page ? "row_forbidden" : "row_removed");
    return true;
  };

/** Nobody has it open: the next flush of the rooms sends it. */
const SENT_AGAIN = "sent-again";

/** All rooms that this device holds a document of: what the server has lost of them goes with the next flush, which sends only what it lacks. */
export async function noteRoomsAgain({ rooms, collections, userId }: { rooms: DirtyRooms; collections: Collections; userId: string }): Promise<void> {
  const prefix = roomName(userId, "");
  for (const { name = "" } of await indexedDB.databases()) {
    const room = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    const place = parseRoom(room);
    if (!place) continue;
    const page = await collections.items.findOne(place.itemId).exec();
    await rooms.mark({ room, itemId: place.itemId, courseId: page?.courseId ?? null, bytes: 1, holder: SENT_AGAIN });
  }
}

/** Lets a rescued room try once more: its words are still in its document, so the note alone is enough. Answers false if it is no room. */
export async function noteRoomAgain(rooms: DirtyRooms, { key, documentId, courseId, text }: RescuedWork): Promise<boolean> {
  if (!parseRoom(key)) return false;
  await rooms.mark({ room: key, itemId: documentId, courseId, bytes: text.length, holder: SENT_AGAIN });
  return true;
}
