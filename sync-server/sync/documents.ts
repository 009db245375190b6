// Server-side writes of documents. The implementation belongs to the sync engine; features call it inside their transaction.
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Transaction } from "../db/database.ts";

export interface DocumentWrite {
  readonly collection: string;
  /** The whole document as it shall stand; its `rev` is minted by the engine. */
  readonly document: Omit<SyncedDocument, "rev"> & { readonly id: string };
  /** Remove it everywhere: devices receive a removal. */
  readonly deleted?: boolean;
}

/**
 * Writes documents and their feed entries (put where they are, removed where they were) in `transaction`. A document that already
 * stands as asked is left alone. Returns the scopes that were touched: publish them as hints after the commit.
 */
export type WriteDocuments = (transaction: Transaction, writes: readonly DocumentWrite[]) => Promise<readonly Scope[]>;

/** What a device's push did to one document. `before` null: it was made; `after` null: it was deleted. */
export interface DocumentChange {
  readonly collection: string;
  readonly before: SyncedDocument | null;
  readonly after: SyncedDocument | null;
  readonly userId: string;
}

/**
 * What a feature does when devices have written, without the engine knowing the feature; given to `createSync`. Not called for
 * `writeDocuments`: a feature that writes knows what it writes.
 */
export interface ServerRule {
  /** Only changes of these collections are handed over; without one of them the rule is not called. */
  readonly collections: readonly string[];
  /**
   * In the transaction of the push, once, after all its rows. Returns the scopes it touched. Waits for nothing but Postgres. What it
   * throws undoes the whole push and the device tries again, so it throws for faults, never for what a person wrote.
   */
  afterWrite?(transaction: Transaction, changes: readonly DocumentChange[]): Promise<readonly Scope[]>;
  /** After the commit, for what may be lost in a crash and is found again by other means. Must not throw. */
  committed?(changes: readonly DocumentChange[]): void;
}
