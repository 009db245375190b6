import type { RxCollection } from "rxdb/plugins/core";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { parseRoom } from "@mochila/shared/collab/room.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { LocalDatabase } from "./db/local.ts";
import { createDocument, updateDocument } from "./db/write.ts";
import { actorOf } from "./own-actor.ts";
import type { Collections, DirtyRooms, RescuedWork, WaysOut } from "./person.ts";
import { noteRoomAgain } from "./rescued-rooms.ts";
import { againOf } from "./sync/again.ts";

interface RescuedParts {
  readonly collections: Collections;
  readonly local: LocalDatabase;
  readonly rooms: DirtyRooms;
  readonly userId: string;
}

/** What can be done about work that was not taken, by what this device knows of the person and of the document now. */
export function makeRescuedWork({ collections, local, rooms, userId }: RescuedParts) {
  const collectionOf = (name: string) => (collections as unknown as Record<string, RxCollection<SyncedDocument> | undefined>)[name];

  const readActor = async (): Promise<Actor> => actorOf(userId, (await collections.members.find({ selector: { userId } }).exec()).map((row) => row.toJSON() as Member));

  const planFor = async (work: RescuedWork, actor: Actor) => {
    const definition = collectionNamed(work.collection);
    const current = (await collectionOf(work.collection)?.findOne(work.documentId).exec())?.toJSON();
    return { definition, current, again: definition ? againOf(work, { definition, actor, current }) : null };
  };

  /** Its words are in a room's own document: it goes if this person may write there. */
  const roomMayGo = async ({ code, documentId, courseId }: RescuedWork, actor: Actor): Promise<boolean> =>
    code !== "too_large" && actor.courses.get(courseId ?? "") === "instructor" && (await collections.items.findOne(documentId).exec()) !== null;

  return {
    waysOut: async (work: RescuedWork): Promise<WaysOut> => {
      const actor = await readActor();
      const inCourse = work.courseId === null || actor.courses.has(work.courseId);
      const send = parseRoom(work.key) ? await roomMayGo(work, actor) : (await planFor(work, actor)).again !== null;
      // Notes are kept beside pages, of courses that the person is in.
      const note = work.collection === "items" && work.itemId !== null && work.courseId !== null && inCourse && (await collections.items.findOne(work.itemId).exec()) !== null;
      return { send, note, inCourse };
    },

    /** The piece goes once it is written, because then it is in the document and waits to be sent. */
    sendAgain: async (key: string): Promise<void> => {
      const work = await local.rescued.get(key);
      if (!work) return;
      const gone = () => new CodedError("row_removed", "the document is no longer on this device, or no longer this person's");
      if (!(await noteRoomAgain(rooms, work))) {
        const actor = await readActor();
        const { definition, current, again } = await planFor(work, actor);
        const target = collectionOf(work.collection);
        if (!definition || !target || !again) throw gone();
        const laidOver = (now: SyncedDocument): SyncedDocument => {
          const next = againOf(work, { definition, actor, current: now });
          // Meanwhile it may have changed: the piece stays.
          if (!next) throw gone();
          return next;
        };
        if (!current) await createDocument(target, again);
        else if (!(await updateDocument(target, work.documentId, laidOver))) throw gone();
      }
      await local.rescued.delete(key);
    },
  };
}
