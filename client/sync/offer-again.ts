import { type RxStorageInstance, writeDocToDocState } from "rxdb/plugins/core";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type { AcceptedRev } from "../db/local.ts";

export type Row = SyncedDocument & { readonly _deleted: boolean };

/** What the server had taken from this person, by collection in registry order. */
export type Taken = ReadonlyMap<string, readonly Row[]>;

export interface TakenOptions {
  /** In registry order. */
  readonly collections: readonly { readonly name: string; readonly storageInstance: RxStorageInstance<SyncedDocument, unknown, unknown> }[];
  /** What the server said that it took, of the last days. */
  accepted(): PromiseLike<readonly AcceptedRev[]>;
  /** What the server is believed to hold of these documents. */
  believed(collection: string, ids: readonly string[]): Promise<readonly Row[]>;
}

/**
 * Reads what a server that was put back to a backup has to get once more: what it took from this person, where nobody has replaced it since
 * as far as this device knows. What others wrote, their devices offer. Not what stands on the screen: over it there may be changes that
 * wait to be sent, and those are told as changes of what the server had.
 */
export async function readTaken({ collections, accepted: readAccepted, believed }: TakenOptions): Promise<Taken> {
  const accepted = await readAccepted();
  const taken = new Map<string, readonly Row[]>();
  for (const { name, storageInstance } of collections) {
    const mine = accepted.filter(({ collection }) => collection === name);
    const revs = new Set(mine.map(({ key }) => key));
    const ids = [...new Set(mine.map(({ id }) => id))];
    if (ids.length === 0) continue;
    const held = (await storageInstance.findDocumentsById(ids, true)).map((document): Row => writeDocToDocState(document, false, false));
    // RxDB notes an answer after it has come: closed in between, the document itself is what the server had.
    const rows = [...held, ...(await believed(name, ids))].filter(({ id, rev }) => revs.has(`${id}/${rev}`));
    taken.set(name, [...new Map(rows.map((row) => [row.id, row])).values()]);
  }
  return taken;
}

export interface OfferOptions {
  /** Resolves to the masters of what was not stored as sent. */
  push(collection: string, rows: readonly PushRow[]): Promise<readonly Row[]>;
  /** Asked once for each row that was answered by a master. One that was not refused is in, or was replaced by somebody who had seen it. */
  isRefused(collection: string, row: Row): boolean;
  /** Keeps of `mine` what `master` takes away. */
  rescue(collection: string, mine: Row, master: Row): Promise<void>;
}

/** A few restores; one that falls out costs another offer. */
const FORGOTTEN_MAX = 200;

export interface RestoreOptions extends TakenOptions, OfferOptions {
  /** Ends the replications: nothing is written or sent by them after it resolves. */
  stop(): Promise<void>;
  /** Offers what is not in the replicated documents. */
  onRestored(): Promise<void>;
  /** The checkpoints that this device has reached. */
  reached(): Iterable<string>;
  /** Checkpoints of a history that the server has left. */
  readonly forgotten: Set<string>;
  keepForgotten(checkpoints: readonly string[]): Promise<unknown>;
}

/** What a device does when it is told that the server was put back, before the replications begin anew. */
export async function answerRestore(options: RestoreOptions): Promise<void> {
  const taken = await readTaken(options);
  await options.stop();
  await offerAgain(taken, options);
  await options.onRestored();
  // Only now: an app that is closed before is told once more that the server was put back.
  for (const checkpoint of options.reached()) options.forgotten.add(checkpoint);
  await options.keepForgotten([...options.forgotten].slice(-FORGOTTEN_MAX));
}

/**
 * Offers it, before anything is pulled: RxDB holds it for the server's own and would take the older version over it.
 * What breaks: the app is closed in between. The server says again that it was put back, and all of it is offered again; it knows what it has.
 */
export async function offerAgain(taken: Taken, { push, isRefused, rescue }: OfferOptions): Promise<void> {
  for (const [collection, rows] of taken) {
    const mine = new Map(rows.map((row) => [row.id, row]));
    for (const master of await push(collection, rows.map((row) => ({ newDocumentState: row, again: true })))) {
      const row = mine.get(master.id);
      if (row && isRefused(collection, row)) await rescue(collection, row, master);
    }
  }
}
