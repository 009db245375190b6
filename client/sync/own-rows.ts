import { getHeightOfRevision, type RxStorageInstance } from "rxdb/plugins/core";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";

/** RxDB's note on a document that came from the server: as which local revision (`client/db/origins.ts`). */
interface Pulled {
  readonly o?: { readonly _rev: number };
}

/**
 * The rows that a person wrote, of those that RxDB would send.
 * Duty: a document that was pulled, and that nobody touched since, is never sent.
 * What would go wrong: (1) a page is written, (2) the app is closed before RxDB has noted beside it that the server has these documents, (3) somebody
 * else changes one of them, (4) the app is opened and sends its old version as a change of the one before: what they wrote is undone.
 * Whoever leaves a row out answers for it as taken: RxDB then notes that the server has it, which is what was missing.
 */
export async function ownRows<Row extends PushRow>(storage: RxStorageInstance<SyncedDocument, unknown, unknown>, rows: readonly Row[]): Promise<readonly Row[]> {
  const held = await storage.findDocumentsById(rows.map(({ newDocumentState }) => String(newDocumentState["id"])), true);
  const pulled = new Set(held.filter(({ _rev, _meta }) => (_meta as Pulled).o?._rev === getHeightOfRevision(_rev)).map(({ id, rev }) => `${id}/${rev}`));
  return rows.filter(({ newDocumentState: { id, rev } }) => !pulled.has(`${String(id)}/${String(rev)}`));
}
