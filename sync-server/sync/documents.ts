// Server-side writes of documents. The implementation belongs to the sync engine; features call it inside their transaction.
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Transaction } from "../db/database.ts";

export interface DocumentWrite {
  readonly collection: string;
  /** The whole document as it shall stand; its `rev` is minted by the engine. */
  readonly document: Omit<SyncedDocument, "rev"> & { readonly id: string };
  /** Remove it everywhere: devices receive a removal. */
  readonly deleted?: boolean;
}

/** Writes documents and their feed entries (put where they are, removed where they were) in `transaction`. */
export type WriteDocuments = (transaction: Transaction, writes: readonly DocumentWrite[]) => Promise<void>;
