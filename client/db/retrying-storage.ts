import type { RxStorage, RxStorageInstance, RxStorageInstanceCreationParams } from "rxdb/plugins/core";
import { insist, type InsistOptions } from "./insist.ts";

/** Mistakes of the program: trying again cannot help, and hiding them would freeze the app. */
const MISTAKES = new Set(["DataCloneError", "DataError", "TypeError", "RxError", "SchemaError", "NotFoundError"]);

/** How RxDB names the writes of what was pulled. */
const isPulled = (context: unknown): boolean => typeof context === "string" && context.startsWith("replication-down");

/**
 * Duty: a local write either happens or is still being tried, and so is a read.
 * Why: RxDB has no handling of a storage that throws. (1) A page of a pull fails to be written. (2) The next page is written and
 * its checkpoint stored. (3) The first page is never asked for again: it is missing on this device for ever, and neither a
 * resync nor a restart heals it. Likewise a conflict whose answer cannot be written stops the push until a restart.
 * A read that fails while a page is taken loses that page in the same way; one that fails while RxDB looks for unsent work ends all pushing
 * and with it, because pages wait for pushes, all pulling.
 * What breaks: a full disk closes the database under us. It is opened again, media is freed, and the write goes on.
 */
export function retryingStorage<Internals, Options>(storage: RxStorage<Internals, Options>, options: InsistOptions): RxStorage<Internals, Options> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance<Document>(params: RxStorageInstanceCreationParams<Document, Options>) {
      const instance = await storage.createStorageInstance<Document>(params);
      const closing = instance as ClosableInstance;
      const patient =
        <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
        (...args: Args): Promise<Result> =>
          insist(() => work.apply(instance, args), {
            ...options,
            pulled: isPulled(args[1]),
            onFailure: async (failure) => {
              await options.onFailure(failure);
              await reopen(instance);
            },
            isFinal: (error) => Boolean(closing.closed) || isMistake(error),
          });
      instance.bulkWrite = patient(instance.bulkWrite);
      instance.findDocumentsById = patient(instance.findDocumentsById);
      instance.query = patient(instance.query);
      instance.count = patient(instance.count);
      return instance;
    },
  };
}

/** Set by RxDB's storages once `close` or `remove` was called. */
interface ClosableInstance {
  readonly closed?: Promise<void> | boolean;
}

const isMistake = (error: unknown): boolean => error instanceof Error && (MISTAKES.has(error.name) || "rxdb" in error);

/** After a full disk Chromium ends the connection, and RxDB's Dexie does not open by itself. Other storages have nothing to open. */
async function reopen(instance: RxStorageInstance<never, unknown, unknown> | { internals: unknown }): Promise<void> {
  const internals = (await instance.internals) as { dexieDb?: { isOpen(): boolean; open(): Promise<unknown> } } | null;
  const database = internals?.dexieDb;
  if (!database || database.isOpen()) return;
  try {
    await database.open();
  } catch {
    // Still no room: the next try opens it again.
  }
}
