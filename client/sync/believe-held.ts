import { getAssumedMasterState, getMetaWriteRow, type RxStorageInstanceReplicationState, writeDocToDocState } from "rxdb/plugins/core";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";

/**
 * Duty: when a collection is repaired, what stands on the device and waits for nothing counts as what the server had, so that the page is put
 * over it.
 * What would go wrong: (1) this device wrote a document and the server took it, (2) a later page changed or removed it, and was lost on its way
 * into the storage, while RxDB noted beside it what the page had told, (3) document and note differ, which RxDB takes for work that was not sent:
 * no page touches the document, and no push asks about it.
 * What breaks: cut in between, the next look finds the gap again. A write of the person meanwhile differs from what is noted here: it is sent.
 */
export async function believeHeld(state: RxStorageInstanceReplicationState<SyncedDocument>, { ids, unsentIds }: { ids: readonly string[]; unsentIds(): Promise<readonly string[]> }): Promise<void> {
  if (ids.length === 0) return;
  const held = await state.input.forkInstance.findDocumentsById([...ids], true);
  const assumed = await getAssumedMasterState(state, [...ids]);
  // Last: what is marked after the documents were read differs from what was read.
  const unsent = new Set(await unsentIds());
  const rows = [];
  for (const document of held) {
    const { docData, metaDocument } = assumed[document.id] ?? {};
    const isSettled = !unsent.has(document.id) && metaDocument?.isResolvedConflict !== document._rev;
    if (!isSettled || (docData?.rev === document.rev && docData._deleted === document._deleted)) continue;
    rows.push(await getMetaWriteRow(state, writeDocToDocState(document, false, false), metaDocument));
  }
  // A row that RxDB has noted something newer of stays as that.
  if (rows.length > 0) await state.input.metaInstance.bulkWrite(rows, "repair-write-meta");
}
