import type { RxStorageInstance } from "rxdb/plugins/core";

type Rows = Parameters<RxStorageInstance<unknown, unknown, unknown>["bulkWrite"]>[0];
interface Writable {
  bulkWrite(rows: Rows, context: string): Promise<unknown>;
}
/** What RxDB makes of a storage for a collection: it sets revisions and times, then calls the storage inside. */
interface Wrapped extends Writable {
  readonly originalStorageInstance: unknown;
}
interface MetaWithOrigin {
  lwt: number;
  /** RxDB's note on a document that came from the server: which replication brought it, and as which local revision. */
  o?: { readonly hash: string; readonly _rev: number };
}

/**
 * Duty: a document that was pulled says so in its own row.
 * Why: RxDB notes a pulled document twice, in its row and, later, in a store beside it. Its wrapper (17.6) drops the note in the row when
 * the row is new. Then: (1) a page is written, (2) the app is closed before the store beside it is, but after the place reached by
 * pushes is, (3) at the next start the document looks like work that was not sent, so no pull touches it, and like work that was sent,
 * so no push asks about it: it stays as it is on this device for ever.
 * What breaks: nothing of its own; notes wait here only while one write runs.
 */
export function keepOrigins(storage: object): void {
  const outer = storage as Wrapped;
  const inner = outer.originalStorageInstance as Writable;
  const outerWrite = outer.bulkWrite.bind(outer);
  const innerWrite = inner.bulkWrite.bind(inner);
  const waiting = new Map<string, MetaWithOrigin["o"]>();
  outer.bulkWrite = async (rows, context) => {
    const noted = rows.flatMap(({ previous, document }) => {
      const origin = (document._meta as MetaWithOrigin | undefined)?.o;
      return !previous && origin ? [[keyOf(context, document), origin] as const] : [];
    });
    for (const [key, origin] of noted) waiting.set(key, origin);
    try {
      return await outerWrite(rows, context);
    } finally {
      for (const [key] of noted) waiting.delete(key);
    }
  };
  inner.bulkWrite = (rows, context) => {
    for (const { document } of waiting.size > 0 ? rows : []) {
      const origin = waiting.get(keyOf(context, document));
      // One object is shared by all new rows of a write.
      if (origin) document._meta = { ...document._meta, o: origin };
    }
    return innerWrite(rows, context);
  };
}

const keyOf = (context: string, document: object): string => `${context} ${(document as { id: string }).id}`;
