import type { RxStorageInstance } from "rxdb/plugins/core";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { upgraded } from "@mochila/shared/sync/upgrade.ts";

/** A row of a collection, or RxDB's note beside it of what the server is believed to hold. */
type StoredRow = SyncedDocument & { readonly docData?: Readonly<Record<string, unknown>>; readonly isCheckpoint?: string };
type Change = (row: StoredRow) => StoredRow;

export type Storage = RxStorageInstance<StoredRow, unknown, unknown, { readonly id: string; readonly lwt: number }>;

const PAGE_ROWS = 200;
const COPIED = "moved-form";

/** From the form of version `from` to today's: of a document, and of RxDB's note of one. */
export function changesFrom(definition: CollectionDefinition, from: number): { readonly ofDocument: Change; readonly ofNote: Change } {
  const change = (document: Readonly<Record<string, unknown>>) => upgraded(definition, from, document) as SyncedDocument;
  return { ofDocument: change, ofNote: (row) => (row.docData && row.isCheckpoint !== "1" ? { ...row, docData: change(row.docData) } : row) };
}

/** These rows of a storage as they lie there, in another form. Deleted rows too: a deletion may wait to be sent. Again is as once. */
export async function copyRows({ storage, ids }: { readonly storage: Storage; readonly ids: readonly string[] }, to: Storage, change: Change): Promise<void> {
  for (let start = 0; start < ids.length; start += PAGE_ROWS) {
    const page = ids.slice(start, start + PAGE_ROWS);
    const there = new Map((await to.findDocumentsById(page, true)).map((row) => [row.id, row]));
    const rows = (await storage.findDocumentsById(page, true)).flatMap((document) => {
      const previous = there.get(document.id);
      // There from a move that did not end; newer here only if an app from before there were locks has written in between.
      if (previous && previous._meta.lwt >= document._meta.lwt) return [];
      return [{ document: change(document) as typeof document, ...(previous ? { previous } : {}) }];
    });
    const { error } = rows.length > 0 ? await to.bulkWrite(rows, COPIED) : { error: [] };
    assert(error.length === 0, "rows of the new store are written by nobody else");
  }
}
