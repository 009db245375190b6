import { Dexie } from "dexie";
import { collectionNamed } from "@mochila/shared/registry.ts";
import { waitingEvents } from "../activity/recorder.ts";
import { countUnsent, LocalDatabase } from "./local.ts";
import { localName, storeName } from "./names.ts";

/**
 * Everything on this device that the server does not have, as one JSON file: documents as they stand, what was refused, activity, and
 * which rooms and pictures wait. Reads the databases directly, so that it also works for a person who is signed out.
 */
export async function unsentAsJson(userId: string): Promise<Blob> {
  const local = new LocalDatabase(userId);
  try {
    const marks = await local.dirty.toArray();
    const changes = await Promise.all(marks.map(async (mark) => ({ ...mark, document: await storedDocument(userId, mark.collection, mark.id) })));
    const content = {
      person: userId,
      changes,
      rescued: await local.rescued.toArray(),
      rooms: await local.rooms.toArray(),
      pictures: await local.uploads.toArray(),
      activity: (await waitingEvents(local).toArray()).map(({ event }) => event),
      refusedActivity: await local.parkedEvents.toArray(),
    };
    return new Blob([JSON.stringify(content, null, 2)], { type: "application/json" });
  } finally {
    local.close();
  }
}

/** What of a person on this device the server does not have. `refused`: what it did not take, until the person has thrown it away. */
export interface Waiting {
  readonly changes: number;
  readonly refused: number;
  readonly activity: number;
}

export async function countWaiting(userId: string): Promise<Waiting> {
  // Opening would make it: of a person who is being forgotten nothing must come back.
  if (!(await Dexie.exists(localName(userId)))) return { changes: 0, refused: 0, activity: 0 };
  const local = new LocalDatabase(userId);
  try {
    return { changes: await countUnsent(local), refused: await local.rescued.count(), activity: await waitingEvents(local).count() };
  } finally {
    local.close();
  }
}

/** RxDB's Dexie storage keeps a collection in a database of its own, in the table `docs`. */
async function storedDocument(userId: string, collection: string, id: string): Promise<unknown> {
  const versions = Array.from({ length: collectionNamed(collection)?.version ?? 1 }, (_, before) => before).reverse();
  const names = await Dexie.getDatabaseNames();
  // Somebody who is signed out may not have opened the app since an update: theirs are the stores of the version before.
  const name = versions.map((version) => storeName(userId, version, collection)).find((one) => names.includes(one));
  if (name === undefined) return null;
  const database = await new Dexie(name).open();
  try {
    const { _meta, _rev, _attachments, ...document } = ((await database.table("docs").get(id)) ?? {}) as Record<string, unknown>;
    return document;
  } finally {
    database.close();
  }
}
