import { Dexie, type EntityTable, type Table } from "dexie";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { RescuedWork } from "../person.ts";
import { localName } from "./names.ts";

/** A document whose last local write the server has not answered yet. Key: `collection/id`. */
export interface DirtyDocument {
  readonly key: string;
  readonly collection: string;
  readonly id: string;
  /** The last write that was begun. */
  readonly rev: string;
  /** Earlier writes without an answer, oldest first: one of them stands if the last one never happened. Absent: none. */
  readonly earlier?: readonly string[];
  readonly courseId: string | null;
  readonly itemId: string | null;
  readonly bytes: number;
  readonly at: number;
  /** What it belongs to, as long as it waits: the course may leave the device meanwhile. Absent in rows of earlier versions. */
  readonly title?: Localized<string> | null;
}

/** A room with updates that the server has not logged, also of editors that are closed (DECISIONS 20). */
export interface DirtyRoom {
  readonly room: string;
  readonly itemId: string;
  readonly courseId: string | null;
  /** Of all holders. */
  readonly bytes: number;
  readonly at: number;
  /** Bytes by open document that noted them; see `room-notes.ts`. Absent in rows of earlier versions. */
  readonly holders?: Readonly<Record<string, number>>;
  /** Of the page. Absent in rows of earlier versions. */
  readonly title?: Localized<string> | null;
}

/** A picture that waits to be sent. Its bytes are in the person's cache under the id of the reference. */
export interface WaitingUpload {
  readonly id: string;
  readonly courseId: string;
  readonly name: string;
  readonly type: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly at: number;
  /** Where the server keeps it, once it has agreed. */
  readonly location: string | null;
  /** Set when the server refused it for good. */
  readonly refused: string | null;
}

export interface KeptCourseRow {
  readonly courseId: string;
  readonly paused: boolean;
  readonly at: number;
}

/** A file in the person's cache. Courses of which the person may no longer hold anything are found by `courseId`. */
export interface CachedFile {
  readonly id: string;
  readonly courseId: string | null;
  readonly bytes: number;
  readonly usedAt: number;
}

export interface QueuedEvent {
  readonly stream: string;
  readonly seq: number;
  readonly event: ActivityEvent;
  /** When the server acknowledged it; 0 while it waits. */
  readonly ackedAt: number;
}

/** An event that the server refused by itself: out of the way of the others, kept for who looks into it. */
export interface ParkedEvent {
  readonly id: string;
  readonly event: ActivityEvent;
  readonly code: string;
  readonly at: number;
}

export interface AcceptedRev {
  readonly key: string;
  readonly collection: string;
  readonly id: string;
  readonly rev: string;
  readonly at: number;
}

interface Setting {
  readonly name: string;
  readonly value: unknown;
}

/**
 * What one person has on this device beside the replicated documents. Plain Dexie, because RxDB's collections are databases
 * of their own and no transaction spans two of them: what must be saved together lives here.
 */
export class LocalDatabase extends Dexie {
  declare dirty: EntityTable<DirtyDocument, "key">;
  declare rooms: EntityTable<DirtyRoom, "room">;
  declare uploads: EntityTable<WaitingUpload, "id">;
  declare kept: EntityTable<KeptCourseRow, "courseId">;
  declare rescued: EntityTable<RescuedWork, "key">;
  declare accepted: EntityTable<AcceptedRev, "key">;
  declare files: EntityTable<CachedFile, "id">;
  declare events: Table<QueuedEvent, [string, number]>;
  declare parkedEvents: EntityTable<ParkedEvent, "id">;
  declare settings: EntityTable<Setting, "name">;

  constructor(userId: string) {
    // Strict: a power cut must not take what the app said is saved (SYNC.md B.6).
    super(localName(userId), { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      dirty: "key, at",
      rooms: "room, at",
      uploads: "id, at",
      kept: "courseId",
      rescued: "key, at",
      accepted: "key, at",
      files: "id, courseId, usedAt",
      events: "[stream+seq], [ackedAt+stream+seq]",
      settings: "name",
    });
    this.version(2).stores({ parkedEvents: "id, at" });
  }

  async setting<Value>(name: string): Promise<Value | null> {
    const row = await this.settings.get(name);
    return row ? (row.value as Value) : null;
  }

  async set(name: string, value: unknown): Promise<void> {
    await this.settings.put({ name, value });
  }
}

/** Ids of the documents of a collection that were written here and that the server has not answered. */
export const unsentIds = async (local: LocalDatabase, collection: string): Promise<readonly string[]> =>
  (await local.dirty.where("key").startsWith(`${collection}/`).toArray()).map(({ id }) => id);

/** How many changes the server does not have, activity aside. */
export const countUnsent = async (local: LocalDatabase): Promise<number> =>
  (await local.dirty.count()) + (await local.rooms.count()) + (await local.uploads.count());
