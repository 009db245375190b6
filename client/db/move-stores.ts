import { Dexie } from "dexie";
import { createRevision, getRxReplicationMetaInstanceSchema, type RxCollection, type RxDatabase } from "rxdb/plugins/core";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Collections } from "../person.ts";
import { changesFrom, copyRows, type Storage } from "./copy-rows.ts";
import { type KnownStore, storesLeft } from "./known-stores.ts";
import type { LocalDatabase } from "./local.ts";
import { storeName } from "./names.ts";

interface Store {
  readonly collectionName: string;
  readonly schema: unknown;
}

const MOVED = "moved-form";

export interface Moving {
  readonly clock: Clock;
  readonly database: RxDatabase<Collections>;
  readonly local: LocalDatabase;
  readonly userId: string;
}

/**
 * Duty: everything that an earlier version of the app kept of a collection is in the stores of this one: documents, also those that were
 * not sent, as they lie there, with RxDB's revisions, times and origins; what the server is believed to hold of each; how far pushes and
 * pulls had come. So nothing is sent twice, and nothing is left out.
 * Invariant: no other tab has the old stores open (`alone.ts`), and nobody writes to the new ones before it ends.
 * What breaks: the app is closed in the middle. RxDB's note of the old store goes last, so the next start does it again: rows that are there
 * already are passed over. RxDB's own migration does the same for 5.5 KB more of script (decision 0212).
 */
export async function moveStores(moving: Moving): Promise<void> {
  // Oldest last: where two are left behind, what the later one holds stands.
  const left = [...(await storesLeft(moving.database))].sort((a, b) => b.data.version - a.data.version);
  for (const store of left) await moveCollection(moving, store);
}

async function moveCollection({ database, local, userId, clock }: Moving, store: KnownStore): Promise<void> {
  const { name, version: from, schema, connectedStorages } = store.data;
  const collection = (database.collections as unknown as Record<string, RxCollection<SyncedDocument> | undefined>)[name];
  const definition = collectionNamed(name);
  const old: readonly Store[] = [...connectedStorages, { collectionName: name, schema }];
  if (collection && definition) {
    // RxDB counts from 0.
    const { ofDocument, ofNote } = changesFrom(definition, from + 1);
    for (const beside of connectedStorages) {
      const next = { collectionName: beside.collectionName, schema: getRxReplicationMetaInstanceSchema(collection.schema.jsonSchema, false) };
      await withStorage(database, next, (to) => withStorage(database, beside, async (storage) => copyRows({ storage, ids: await idsIn(storeName(userId, from, beside.collectionName)) }, to, ofNote)));
    }
    const inner = (collection.storageInstance as unknown as { readonly originalStorageInstance: Storage }).originalStorageInstance;
    await withStorage(database, { collectionName: name, schema }, async (storage) => copyRows({ storage, ids: await idsIn(storeName(userId, from, name)) }, inner, ofDocument));
  }
  // Strict durability, unlike RxDB's: what was written before is on the disk with it, before the old stores go.
  await local.set(MOVED, `${name} ${from}`);
  for (const { collectionName } of old) await Dexie.delete(storeName(userId, from, collectionName));
  const forgotten = { ...store, _deleted: true, _meta: { ...store._meta, lwt: Math.max(clock.now(), store._meta.lwt + 1) }, _rev: createRevision(database.token, store) };
  await database.internalStore.bulkWrite([{ previous: store, document: forgotten }], MOVED);
}

/** Opens a store that is no collection's for `work`, and closes it. */
async function withStorage(database: RxDatabase<Collections>, { collectionName, schema }: Store, work: (storage: Storage) => Promise<void>): Promise<void> {
  const { token: databaseInstanceToken, name: databaseName } = database;
  const params = { databaseInstanceToken, databaseName, collectionName, schema: schema as never, devMode: false, multiInstance: false, options: {} };
  const storage = (await database.storage.createStorageInstance(params)) as unknown as Storage;
  try {
    await work(storage);
  } finally {
    await storage.close();
  }
}

/** By key, which every store has: what RxDB keeps beside a collection has no index by time. */
async function idsIn(store: string): Promise<string[]> {
  const database = await new Dexie(store).open();
  try {
    return (await database.table("docs").toCollection().primaryKeys()) as string[];
  } finally {
    database.close();
  }
}
