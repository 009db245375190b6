import { type Accessor, createSignal } from "solid-js";
import { IndexeddbPersistence } from "y-indexeddb";
import * as Y from "yjs";
import { roomName } from "../db/names.ts";

/** A room's document as this device has it, kept in a database of its own. */
export interface LocalDoc {
  readonly doc: Y.Doc;
  /** What the database itself applied; such updates are no news. */
  readonly origin: unknown;
  /** Whether anything has ever been written in it. */
  isEmpty(): boolean;
  /** Whether the device has all that was written in it here, so that a tab may end. */
  readonly isKept: Accessor<boolean>;
  /** Waits until what was typed is stored. */
  close(): Promise<void>;
}

/** After the last key: who types is not told twice a word that it is kept. */
const KEPT_AFTER_MS = 200;

/** Resolves when the writes that were begun before are committed: a read of the same store waits for them. */
const written = (db: IDBDatabase): Promise<void> =>
  new Promise((resolve, reject) => {
    const read = db.transaction("updates").objectStore("updates").getKey(0);
    read.addEventListener("success", () => resolve());
    read.addEventListener("error", () => reject(read.error ?? new Error("the device did not answer")));
  });

/** Opens it and resolves when all that is on the device is in it. */
export async function openLocalDoc(userId: string, room: string): Promise<LocalDoc> {
  const doc = new Y.Doc({ gc: true });
  const persistence = new IndexeddbPersistence(roomName(userId, room), doc);
  await persistence.whenSynced;
  const [isKept, setKept] = createSignal(true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    timer = undefined;
    // A device that could not write has ended its connection, and says so here: it is not kept.
    if (persistence.db) written(persistence.db).then(() => timer ?? setKept(true), console.error);
  };
  doc.on("update", (_, origin) => {
    if (origin === persistence) return;
    setKept(false);
    clearTimeout(timer);
    timer = setTimeout(look, KEPT_AFTER_MS);
  });
  return {
    doc,
    origin: persistence,
    isKept,
    isEmpty: () => doc.store.clients.size === 0,
    close: async () => {
      clearTimeout(timer);
      await persistence.destroy();
      doc.destroy();
    },
  };
}
