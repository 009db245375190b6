import type { LocalDatabase } from "../db/local.ts";
import type { OutboxEntry } from "../person.ts";

/** Everything that the server does not have, oldest first; activity is one line with its number. */
export async function listOutbox(local: LocalDatabase, waitingEvents: () => Promise<{ count: number; bytes: number; since: number | null }>): Promise<OutboxEntry[]> {
  const documents = (await local.dirty.toArray()).map(({ id, collection, courseId, itemId, bytes, at, title = null }): OutboxEntry => ({ id, collection, courseId, itemId, bytes, at, title, kind: "document" }));
  const rooms = (await local.rooms.toArray()).map(({ room, courseId, itemId, bytes, at, title = null }): OutboxEntry => ({ id: room, collection: "items", courseId, itemId, bytes, at, title, kind: "room" }));
  const uploads = (await local.uploads.toArray()).map(({ id, courseId, bytes, at, name }): OutboxEntry => ({ id, collection: "files", courseId, itemId: null, bytes, at, title: { en: name }, kind: "upload" }));
  const { count, bytes, since } = await waitingEvents();
  const events: OutboxEntry[] = count === 0 ? [] : [{ id: "events", collection: "events", courseId: null, itemId: null, bytes, at: since, title: null, kind: "events", count }];
  return [...[...documents, ...rooms, ...uploads].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), ...events];
}
