import { prepareQuery, type RxStorageInstance } from "rxdb/plugins/core";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { type Held, heldOf, sameHeld } from "@mochila/shared/sync/held.ts";

/** Few enough that a phone draws in between. */
const PAGE_DOCUMENTS = 200;

export interface OnDevice {
  readonly held: Held;
  readonly ids: ReadonlySet<string>;
}

/** The index that every store has: RxDB looks over it for what to send. */
const BY_TIME = ["_meta.lwt", "id"];

/**
 * What a collection holds on this device, deletions aside. Reads every document once, page by page, in the order of their writing; what is written
 * meanwhile is read again at its new place. All documents of one write have one time, so a page goes on within it before it goes past it.
 */
export async function readOnDevice(storage: RxStorageInstance<SyncedDocument, unknown, unknown>): Promise<OnDevice> {
  const revs = new Map<string, string>();
  const readPage = async (selector: object) => {
    const query = prepareQuery(storage.schema, { selector, sort: [{ "_meta.lwt": "asc" }, { id: "asc" }], index: BY_TIME, skip: 0, limit: PAGE_DOCUMENTS });
    const { documents } = await storage.query(query);
    for (const { id, rev, _deleted } of documents) {
      if (_deleted) revs.delete(id);
      else revs.set(id, rev);
    }
    return documents;
  };
  let last = (await readPage({ "_meta.lwt": { $gt: 0 } })).at(-1);
  while (last) {
    const { id, _meta: { lwt } } = last;
    const sameTime = await readPage({ "_meta.lwt": { $eq: lwt }, id: { $gt: id } });
    last = sameTime.length === PAGE_DOCUMENTS ? sameTime.at(-1) : (await readPage({ "_meta.lwt": { $gt: lwt } })).at(-1);
  }
  return { held: heldOf(revs.values()), ids: new Set(revs.keys()) };
}

export interface GapCheckOptions {
  readonly collections: readonly { readonly name: string; readonly storageInstance: RxStorageInstance<SyncedDocument, unknown, unknown> }[];
  /** What this device should hold of each collection; absent where it cannot be said now. */
  ask(): Promise<ReadonlyMap<string, Held>>;
  /** Whether changes of this collection wait to be sent: then it differs rightly. */
  isWaiting(collection: string): Promise<boolean>;
}

/**
 * Finds collections in which this device does not hold what the server says it should: a page that was lost on its way into the storage, a
 * document that no update touches. Whatever the cause, nobody would notice. A difference counts when it is there twice: in between
 * the person may have written something, and the server taken it.
 */
export async function findGaps({ collections, ask, isWaiting }: GapCheckOptions): Promise<ReadonlyMap<string, OnDevice>> {
  let suspects = new Map<string, OnDevice>();
  for (let round = 1; round <= 2; round += 1) {
    const before = round === 1 ? null : suspects;
    const should = await ask();
    suspects = new Map();
    for (const { name, storageInstance } of collections) {
      const held = should.get(name);
      if (!held || (before && !before.has(name)) || (await isWaiting(name))) continue;
      const here = await readOnDevice(storageInstance);
      const changed = before && !sameHeld(before.get(name)?.held ?? held, here.held);
      if (!sameHeld(held, here.held) && !changed && !(await isWaiting(name))) suspects.set(name, here);
    }
    if (suspects.size === 0) break;
  }
  return suspects;
}
