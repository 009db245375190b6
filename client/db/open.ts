import { createRxDatabase, type RxConflictHandler, type RxDatabase } from "rxdb/plugins/core";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { collectionNamed, registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Collections } from "../person.ts";
import { creatorsOf } from "./collections.ts";
import { dexieSettings } from "./dexie-settings.ts";
import { storesLeft } from "./known-stores.ts";
import type { LocalDatabase } from "./local.ts";
import { documentsName } from "./names.ts";
import { keepOrigins } from "./origins.ts";
import { packingStorage } from "./packing-storage.ts";
import { useCompleteIndexes } from "./query-plan.ts";
import type { InsistOptions } from "./insist.ts";
import { retryingStorage } from "./retrying-storage.ts";
import type { TitleOf } from "./titles.ts";
import { registerWriter } from "./write.ts";

export interface OpenOptions {
  readonly userId: string;
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly titleOf: TitleOf;
  /** What is done while the storage fails. */
  readonly storage: InsistOptions;
  conflictHandlerOf(definition: CollectionDefinition): RxConflictHandler<SyncedDocument>;
  /** Called before anybody reads or writes, where an earlier version of the app has left stores. */
  moveStores(database: RxDatabase<Collections>): Promise<void>;
}

/** Opens one person's replicated documents. Rejects if the browser gives no storage, and with `FormConflict`; then nothing stays open. */
export async function openPersonDatabase(options: OpenOptions): Promise<RxDatabase<Collections>> {
  useCompleteIndexes();
  const database = await createRxDatabase<Collections>({
    name: documentsName(options.userId),
    storage: packingStorage(retryingStorage(getRxStorageDexie(dexieSettings), options.storage), (name) => collectionNamed(name)?.opaque ?? []),
    // Other tabs see each write at once.
    multiInstance: true,
    eventReduce: true,
    allowSlowCount: true,
  });
  registerWriter(database, options);
  try {
    const left = await storesLeft(database);
    await database.addCollections(creatorsOf(registry, options.conflictHandlerOf));
    for (const { storageInstance } of Object.values(database.collections)) keepOrigins(storageInstance);
    if (left.length > 0) await options.moveStores(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
