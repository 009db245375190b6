import { CodedError } from "@mochila/shared/errors.ts";
import type { LocalDatabase } from "../db/local.ts";
import type { OutboxEntry, RescuedWork } from "../person.ts";

/** Everything that the server does not have, oldest first; activity is one line with its number. */
export async function listOutbox(local: LocalDatabase, waitingEvents: () => Promise<{ count: number; bytes: number; since: number | null }>): Promise<OutboxEntry[]> {
  const documents = (await local.dirty.toArray()).map(({ id, collection, courseId, itemId, bytes, at }): OutboxEntry => ({ id, collection, courseId, itemId, bytes, at, kind: "document" }));
  const rooms = (await local.rooms.toArray()).map(({ room, courseId, itemId, bytes, at }): OutboxEntry => ({ id: room, collection: "items", courseId, itemId, bytes, at, kind: "room" }));
  const uploads = (await local.uploads.toArray()).map(({ id, courseId, bytes, at }): OutboxEntry => ({ id, collection: "files", courseId, itemId: null, bytes, at, kind: "upload" }));
  const { count, bytes, since } = await waitingEvents();
  const events: OutboxEntry[] = count === 0 ? [] : [{ id: "events", collection: "events", courseId: null, itemId: null, bytes, at: since, kind: "events", count }];
  return [...[...documents, ...rooms, ...uploads].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), ...events];
}

/**
 * Writes the rescued fields onto the document as it is now; the piece goes once they are written, because then they are in the document
 * and wait to be sent. `write` answers false if the document is no longer here: the piece stays.
 */
export async function sendAgain(local: LocalDatabase, key: string, write: (work: RescuedWork) => Promise<boolean>): Promise<void> {
  const work = await local.rescued.get(key);
  if (!work) return;
  if (!(await write(work))) throw new CodedError("row_removed", "the document is no longer on this device");
  await local.rescued.delete(key);
}
