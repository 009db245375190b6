import { roleOf } from "./courses/course-summary.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { LocalDatabase } from "./db/local.ts";
import type { Collections } from "./person.ts";

interface RescueParts {
  readonly collections: Collections;
  readonly local: LocalDatabase;
  readonly userId: string;
  now(): number;
}

/**
 * Keeps the text of a room that this person may no longer write in (DECISIONS 16), as a piece in the outbox. Answers false while the page
 * may only be unknown to the server because it was made on this device: then the room waits.
 */
export const rescueOfRooms =
  ({ collections, local, userId, now }: RescueParts) =>
  async ({ room, itemId, courseId, text }: { room: string; itemId: string; courseId: string | null; text: string }): Promise<boolean> => {
    const page = await collections.items.findOne(itemId).exec();
    const members = await collections.members.find({ selector: { userId } }).exec();
    const role = courseId === null ? null : roleOf(members.map((member) => member.toJSON() as Member), courseId, userId);
    if (page && role === "instructor") return false;
    await local.rescued.put({ key: room, collection: "items", documentId: itemId, courseId, itemId, code: page ? "row_forbidden" : "row_removed", at: now(), fields: {}, text });
    return true;
  };
