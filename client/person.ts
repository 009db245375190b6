import { type Accessor, createContext, useContext } from "solid-js";
import type { RxCollection, RxDatabase } from "rxdb";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Item } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import type { User } from "@mochila/shared/users/session.ts";
import type { Verb } from "@mochila/shared/activity/event.ts";
import type { Language, Localized } from "@mochila/shared/kernel/schema.ts";

/**
 * What the open app of one signed-in person is made of: the composition point of the client's engines.
 * Views never touch it; `queries.ts` and `actions.ts` of the features do.
 */
export interface Collections {
  courses: RxCollection<Course>;
  /** People; groups are rows of another kind among them, which `courses/groups/` reads. They have no `state` and no `role`. */
  members: RxCollection<Member>;
  modules: RxCollection<Module>;
  items: RxCollection<Item>;
  progress: RxCollection<Progress>;
  drafts: RxCollection<Draft>;
}

export interface SyncStatus {
  /** What the header says. `attention`: something was refused and waits for the person. */
  readonly state: "offline" | "syncing" | "synced" | "attention";
  /** Changes, events aside, that the server does not have yet: documents, dirty rooms, uploads. */
  readonly pending: number;
  readonly attention: number;
  /** The server answers, as far as is known. */
  readonly reachable: boolean;
  /** Of the last complete exchange with the server, ms since 1970; null: never on this device. */
  readonly lastSyncedAt: number | null;
  /** True until the first complete download on this device: an empty list may not be the truth yet. */
  readonly firstSync: boolean;
}

export type OutboxEntry = {
  readonly id: string;
  readonly collection: string;
  readonly courseId: string | null;
  readonly itemId: string | null;
  readonly bytes: number;
  /** When it was written on the device, ms since 1970, where known. */
  readonly at: number | null;
  readonly kind: "document" | "room" | "upload" | "events";
  readonly count?: number;
  /** What it belongs to, as it was called when it was written. */
  readonly title: Localized<string> | null;
};

/** Work that the server refused or that a conflict replaced: kept whole until the person discards it. */
export interface RescuedWork {
  readonly key: string;
  readonly collection: string;
  readonly documentId: string;
  readonly courseId: string | null;
  readonly itemId: string | null;
  readonly code: string;
  /** When it was not taken. */
  readonly at: number;
  /** The fields that the person had changed and that would be lost. */
  readonly fields: Record<string, unknown>;
  /** The text of a room; of documents, the texts in `fields`. */
  readonly text: string;
  // Absent in rows of earlier versions:
  /** When the person wrote it. */
  readonly writtenAt?: number | null;
  /** What it belongs to, as it was called then: the course may have left the device. */
  readonly title?: Localized<string> | null;
  /** What stands in these fields instead. Absent: nothing does. */
  readonly theirs?: Record<string, unknown> | null;
  /** What was set when the document was made, so that it can be made again. */
  readonly made?: Record<string, unknown>;
}

/** What can be done about a rescued piece now. */
export interface WaysOut {
  /** Sending it again can work. */
  readonly send: boolean;
  /** The text can be put into the person's note on the page. */
  readonly note: boolean;
  /** The person is in the course it belongs to. */
  readonly inCourse: boolean;
}

export interface SyncControl {
  readonly status: Accessor<SyncStatus>;
  /** Looks for news and sends what waits, now. Resolves when that round ended, also when offline: whether the server was reached. */
  syncNow(): Promise<boolean>;
  outbox(): Promise<OutboxEntry[]>;
  rescued: Accessor<readonly RescuedWork[]>;
  discardRescued(key: string): Promise<void>;
  /** Puts a discarded piece back, for undo. */
  restoreRescued(work: RescuedWork): Promise<void>;
  waysOut(work: RescuedWork): Promise<WaysOut>;
  /** Writes the rescued fields onto the document as it is now, so that they are pushed once more. Throws CodedError `row_removed` where that cannot be. */
  sendRescuedAgain(key: string): Promise<void>;
}

export interface ActivityRecorder {
  /**
   * A visit to a page begins: records that it was opened, the seconds it is in use, and, at `end`, that it was left. `id` is the visit of
   * other events on the page, such as a solution revealed.
   */
  visit(page: { courseId: string; itemId: string; lang: Language }): { readonly id: string; end(): void };
  record(event: { verb: Verb; courseId: string; itemId?: string; lang?: Language; visit?: string; seconds?: number; part?: number }): Promise<void>;
}

export interface KeptCourse {
  readonly courseId: string;
  readonly state: "getting" | "kept" | "paused" | "failed";
  readonly bytesDone: number;
  readonly bytesAll: number;
}

export interface FileStore {
  /** An address for <img>, from this device's cache or, on a miss, from the network (then cached). Null: not on this device and no network. */
  open(fileId: string): Promise<string | null>;
  /** Frees an address that `open` gave. */
  close(address: string): void;
  has(fileId: string): Promise<boolean>;
  /** Ids of all files in this person's cache; reactive. */
  onDevice: Accessor<ReadonlySet<string>>;
  kept: Accessor<ReadonlyMap<string, KeptCourse>>;
  /** Downloads every file of the course, and goes on after an interruption. New editions are fetched too while the course is kept. */
  keep(courseId: string): Promise<void>;
  pause(courseId: string): Promise<void>;
  /** Frees the media; text stays. */
  release(courseId: string): Promise<void>;
  /** Keeps a picture on this device at once and queues its upload. Returns the id of the file reference. */
  add(courseId: string, picture: NewPicture): Promise<string>;
}

/** What `files/new-picture.ts` makes of a file. */
export interface NewPicture {
  readonly name: string;
  readonly type: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly blob: Blob;
}

/** A room once, with everybody who noted something of it: one holder an open document, dead or alive. */
export interface DirtyRoomNote {
  readonly room: string;
  readonly itemId: string;
  readonly courseId: string | null;
  readonly bytes: number;
  readonly at: number;
  readonly title: Localized<string> | null;
  readonly holders: readonly string[];
}

/** Rooms with updates that the server has not logged, also of editors that are closed (DECISIONS 20). They count in the status and the outbox. */
export interface DirtyRooms {
  /** Before the update is shown as kept. Marking again only renews the size. */
  mark(room: { room: string; itemId: string; courseId: string | null; bytes: number; holder: string }): Promise<void>;
  /** Everything that these holders noted is durable on the server, or rescued. */
  clear(room: string, holders: readonly string[]): Promise<void>;
  list(): Promise<readonly DirtyRoomNote[]>;
}

/** What the server once answered to a question. */
export interface KeptAnswer {
  readonly value: unknown;
  /** When it came, by this device's clock, ms since 1970. */
  readonly at: number;
}

/** Answers that only the server can give, such as reports. The last one to each question stays on this device. */
export interface KeptAnswers {
  /** The last answer that this device has; null: none. */
  kept(path: string): Promise<KeptAnswer | null>;
  /** Asks now, and keeps the answer unless told not to. Throws CodedError: the server's code, or `unavailable` for no network. */
  ask(path: string, options?: { readonly keep: boolean }): Promise<KeptAnswer>;
}

export interface PersonSpace {
  readonly user: Accessor<User>;
  readonly database: RxDatabase<Collections>;
  readonly collections: Collections;
  readonly sync: SyncControl;
  readonly activity: ActivityRecorder;
  readonly files: FileStore;
  readonly rooms: DirtyRooms;
  readonly answers: KeptAnswers;
  /** Whether this tab is the one that sends; reactive. */
  readonly leads: Accessor<boolean>;
  /** A valid access token for the room client; null without network or session. */
  accessToken(options: { renew: boolean }): Promise<string | null>;
  /** Bytes this person's data takes on this device, by part. */
  storage(): Promise<{ text: number; media: number; quota: number | null }>;
  readonly trouble: StorageTrouble;
  /** Somebody else looks at the school as this person, and nothing is written. Absent: the person themselves. */
  readonly looking?: Looking;
}

export interface Looking {
  /** Says so to who tries to do something. */
  refuse(): void;
}

/** What is wrong with the storage of this device. */
export interface StorageTrouble {
  /** What the person writes is kept in the room that is left for it; what comes from the server waits. */
  readonly full: Accessor<boolean>;
  /** Found at this start or an earlier one, and not yet dismissed. `unsent`: at most so many changes went that the server did not have. */
  readonly loss: Accessor<{ readonly unsent: number } | null>;
  dismissLoss(): void;
}

export const PersonContext = createContext<PersonSpace>();

export function usePerson(): PersonSpace {
  const person = useContext(PersonContext);
  assert(person, "usePerson is called inside the signed-in part of the app");
  return person;
}
