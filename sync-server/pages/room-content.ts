// Content that comes into a room from outside the editor: a course that is imported, the demo school.
import * as Y from "yjs";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { appendUpdates, readRoom, type StoredRoom, toDocument } from "../collab/store.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { contentToUpdate, documentToContent, replacementUpdate } from "./content-document.ts";

async function withRoom<Result>(sql: Sql, room: string, use: (doc: Y.Doc, stored: StoredRoom) => Result): Promise<Result> {
  const stored = await readRoom(sql, room);
  const doc = toDocument(stored);
  try {
    return use(doc, stored);
  } finally {
    doc.destroy();
  }
}

const isEmpty = (stored: StoredRoom): boolean => stored.state === null && stored.updates.length === 0;

/** What stands in a room now; null: nobody has opened it yet. */
export const readRoomContent = (sql: Sql, room: string): Promise<PageContent | null> => withRoom(sql, room, (doc, stored) => (isEmpty(stored) ? null : documentToContent(doc)));

/** Where a room stands for someone who brings content from outside. `edited`: somebody wrote in it since, or it did not come so. */
export async function roomOrigin(sql: Sql, room: string): Promise<"absent" | "untouched" | "edited"> {
  const [imported] = await sql<{ snapshot: Uint8Array }[]>`SELECT snapshot FROM ydoc_import WHERE room = ${room}`;
  return withRoom(sql, room, (doc, stored) => {
    if (isEmpty(stored)) return "absent";
    return imported && Y.equalSnapshots(Y.snapshot(doc), Y.decodeSnapshot(imported.snapshot)) ? "untouched" : "edited";
  });
}

/**
 * Puts content from outside into a room, as an edit of what is there, so that devices which hold the old text merge it. The caller
 * asked `roomOrigin` before, in the same transaction, and publishes the hint `roomHint(instance, room)` after the commit. `instance` names the process (a UUID).
 */
export async function putRoomContent(
  transaction: Transaction,
  { room, content, instance, actor = null }: { room: string; content: PageContent; instance: string; actor?: string | null },
): Promise<void> {
  await transaction`SELECT pg_advisory_xact_lock(7, hashtext(${room}))`;
  const { update, snapshot } = await withRoom(transaction, room, (doc, stored) => {
    const upd = isEmpty(stored) ? contentToUpdate(content) : replacementUpdate(doc, content);
    if (upd) Y.applyUpdate(doc, upd);
    return { update: upd, snapshot: Y.encodeSnapshot(Y.snapshot(doc)) };
  });
  if (update) await appendUpdates(transaction, instance, [{ room, actor, upd: update }]);
  await transaction`
    INSERT INTO ydoc_import (room, snapshot) VALUES (${room}, ${Buffer.from(snapshot)})
    ON CONFLICT (room) DO UPDATE SET snapshot = excluded.snapshot, at = now()`;
}

