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
  /** Waits until what was typed is stored. */
  close(): Promise<void>;
}

/** Opens it and resolves when all that is on the device is in it. */
export async function openLocalDoc(userId: string, room: string): Promise<LocalDoc> {
  const doc = new Y.Doc({ gc: true });
  const persistence = new IndexeddbPersistence(roomName(userId, room), doc);
  await persistence.whenSynced;
  return {
    doc,
    origin: persistence,
    isEmpty: () => doc.store.clients.size === 0,
    close: async () => {
      await persistence.destroy();
      doc.destroy();
    },
  };
}
