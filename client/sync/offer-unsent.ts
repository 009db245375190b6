import { getChangedDocumentsSince, type RxStorageInstance } from "rxdb/plugins/core";

/**
 * Duty: work that waits to be sent is offered whenever RxDB looks for it, whatever the device's clock said when it was written.
 * Why: RxDB finds unsent work by the time of its writing: everything after the place that pushes had reached. That misses a write (1) made
 * after the clock was set back, (2) given its time before another's and stored after it: a full disk, a second tab. It sits on the
 * device for ever once the app is closed before it went.
 * How: our own marks name what the server has not answered. What is marked and lies before the place reached goes with the next look, each
 * revision once, and not if RxDB found it by itself. Twice in one look would be: (1) it is sent, (2) the answer is a conflict, and the master is
 * put over it, (3) it is sent again, as a change of that master: what others wrote is undone.
 */
export function offerUnsent<Document>(storage: RxStorageInstance<Document, unknown, unknown>, unsentIds: () => Promise<readonly string[]>): void {
  // The storage without this: RxDB then asks it by a query.
  const plain = Object.create(storage, { getChangedDocumentsSince: { value: undefined } }) as typeof storage;
  const offered = new Set<string>();
  storage.getChangedDocumentsSince = async (limit, checkpoint: { readonly lwt: number } | undefined) => {
    const page = await getChangedDocumentsSince(plain, limit, checkpoint);
    // Marks that cannot be read now are read at the next look; to fail here would end all pushing.
    const ids = new Set(await unsentIds().catch(() => []));
    for (const document of page.documents) if (ids.has(idOf(document))) offered.add(revisionOf(document));
    if (!checkpoint || ids.size === 0) return page;
    const marked = await storage.findDocumentsById([...ids], true);
    const passed = marked.filter((document) => document._meta.lwt <= checkpoint.lwt && !offered.has(revisionOf(document)));
    for (const document of passed) offered.add(revisionOf(document));
    return { documents: [...passed, ...page.documents], checkpoint: page.checkpoint as unknown };
  };
}

const idOf = (document: object): string => (document as { id: string }).id;
const revisionOf = (document: { readonly _rev: string }): string => `${idOf(document)} ${document._rev}`;
