import { defaultHashSha256 } from "rxdb/plugins/core";
import { registry } from "@mochila/shared/registry.ts";
import { storeVersion } from "./collections.ts";
import { deleteDatabase } from "./delete-database.ts";
import { LocalDatabase } from "./local.ts";
import { isDatabaseOf, localName, REPLICATION, roomName, storeName, storesNoteName, withoutVersion } from "./names.ts";

/** What the browser has thrown away of a person's work. `unsent`: at most so many changes that the server did not have. */
export interface Loss {
  readonly unsent: number;
}

/** Beside the databases, so that it outlives them. */
interface Note {
  /** The databases that this person had here. */
  readonly stores: readonly string[];
  /** How many changes waited to be sent. */
  readonly unsent: number;
  /** Found, and not yet seen by the person. */
  readonly loss: Loss | null;
}

const NOTHING: Note = { stores: [], unsent: 0, loss: null };

const read = (userId: string): Note => ({ ...NOTHING, ...(JSON.parse(localStorage.getItem(storesNoteName(userId)) ?? "{}") as Partial<Note>) });
const write = (userId: string, change: Partial<Note>): void => localStorage.setItem(storesNoteName(userId), JSON.stringify({ ...read(userId), ...change }));

/** Rooms come and go with the pages that a person edits. */
async function storesOf(userId: string): Promise<string[]> {
  const all = (await indexedDB.databases()).flatMap(({ name }) => (name === undefined ? [] : [name]));
  return all.filter((name) => isDatabaseOf(userId, name) && !name.startsWith(roomName(userId, "")));
}

/** Called when a person's databases are open: they are what the next start should find. */
export async function noteStores(userId: string): Promise<void> {
  write(userId, { stores: await storesOf(userId) });
}

export const noteUnsent = (userId: string, unsent: number): void => write(userId, { unsent });

export const dismissLoss = (userId: string): void => write(userId, { loss: null });

/**
 * Before a person's databases are opened: tells what of them is gone since the last time, and makes sure that it is fetched again.
 * Why: a collection lies in one database and how far it was read in another. Where only the first is gone, the app would open an empty
 * collection that it believes to be complete.
 */
export async function findLoss(userId: string): Promise<Loss | null> {
  const { stores, unsent, loss } = read(userId);
  if (stores.length === 0) return loss;
  const here = await storesOf(userId);
  // An update gives a store another version: what is here in any of them is not gone.
  const standing = new Set(here.map(withoutVersion));
  const gone = new Set(stores.map(withoutVersion).filter((name) => !standing.has(name)));
  if (gone.size === 0) return loss;
  const lost = registry.filter((definition) => gone.has(withoutVersion(storeName(userId, storeVersion(definition), definition.name))));
  const counted = gone.has(localName(userId)) ? unsent : await countMarked(userId, lost.map(({ name }) => name));
  for (const definition of lost) await deleteDatabase(storeName(userId, storeVersion(definition), await placeOf(definition.name)));
  const next = { unsent: (loss?.unsent ?? 0) + counted };
  write(userId, { loss: next, stores: here });
  return next;
}

/** The collection in which RxDB keeps how far another one was read. */
const placeOf = async (collection: string): Promise<string> => `rx-replication-meta-${await defaultHashSha256(`${collection}-${REPLICATION}`)}`;

async function countMarked(userId: string, collections: readonly string[]): Promise<number> {
  const local = new LocalDatabase(userId);
  try {
    return (await local.dirty.toArray()).filter(({ collection }) => collections.includes(collection)).length;
  } finally {
    local.close();
  }
}
