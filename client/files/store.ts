import { createMemo, createRoot, createSignal } from "solid-js";
import { liveQuery } from "dexie";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { KeptCourseRow, LocalDatabase } from "../db/local.ts";
import { isQuotaExceeded } from "../db/quota.ts";
import type { FileStore } from "../person.ts";
import { type FileCache, openFileCache } from "./cache.ts";
import { type CourseFile, keptCourses, nextMissing } from "./kept.ts";
import { makeUploads } from "./uploads.ts";
import { download } from "./download.ts";

/** The part of a registered document that tells which files a course shows. */
export interface FileList {
  readonly courseId: string;
  readonly files: readonly CourseFile[];
}

export interface FileStoreOptions {
  readonly userId: string;
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly random: Random;
  /** Every list of files that this person may hold, now and at each change. The engine knows no feature: it is handed in. */
  watchLists(listener: (lists: readonly FileList[]) => void): () => void;
  accessToken(options: { renew: boolean }): Promise<string | null>;
  leads(): boolean;
}

export interface PersonFiles {
  readonly store: FileStore;
  readonly cache: FileCache;
  /** The network or leadership came: gets what is missing, sends what waits. */
  kick(): void;
  /** The disk is full: gives back what can be fetched again, and stops fetching until `kick`. */
  makeRoom(): Promise<void>;
  /** Drops the files of courses that are no longer here. */
  sweep(courseIds: ReadonlySet<string>): Promise<void>;
  close(): void;
}

/** Freed at once when the disk is full: enough for a while of work, few files of a course. */
const ROOM_BYTES = 20 * 1024 * 1024;

/**
 * Duty: pictures are shown from this device, fetched once, kept when a course is kept, and sent when they are new.
 * Invariant: what waits to be sent is never freed. What a kept course lacks is found by comparing, not remembered: an interruption
 * leaves nothing to repair.
 */
export async function openFiles(options: FileStoreOptions): Promise<PersonFiles> {
  const { userId, local, clock, random } = options;
  const cache = await openFileCache({ userId, local, clock });
  const uploads = makeUploads({ ...options, cache });
  const [lists, setLists] = createSignal<readonly FileList[]>([]);
  const [rows, setRows] = createSignal<readonly KeptCourseRow[]>([]);
  const [failed, setFailed] = createSignal<ReadonlySet<string>>(new Set());
  const { filesOf, kept, dispose } = createRoot((end) => {
    const files = createMemo(() => byCourse(lists()));
    return { filesOf: files, kept: createMemo(() => keptCourses({ kept: rows(), filesOf: files(), onDevice: cache.ids(), failed: failed() })), dispose: end };
  });
  let running = false;
  let full = false;

  const fetchOne = async (fileId: string, courseId: string | null): Promise<Blob | null> => {
    const outcome = await download(options, fileId);
    if (outcome.kind === "refused") setFailed((before) => new Set([...before, fileId]));
    if (outcome.kind !== "file") return null;
    try {
      await cache.put({ id: fileId, courseId, blob: outcome.blob });
    } catch (error) {
      if (!isQuotaExceeded(error)) throw error;
      full = true;
      setFailed((before) => new Set([...before, fileId]));
    }
    return outcome.blob;
  };

  /** One file after another: on a thin connection two would only both be late. */
  const fill = async () => {
    if (running || !options.leads()) return;
    running = true;
    try {
      for (;;) {
        const next = nextMissing({ kept: rows(), filesOf: filesOf(), onDevice: cache.ids(), failed: failed() });
        if (!next || full || !options.leads() || !(await fetchOne(next.id, next.courseId))) break;
      }
    } finally {
      running = false;
    }
  };
  const kick = () => {
    full = false;
    setFailed(new Set<string>());
    void fill();
    void uploads.send();
  };
  const unsent = async () => new Set(await local.uploads.toCollection().primaryKeys());

  const stopLists = options.watchLists((next) => {
    setLists(next);
    void fill();
  });
  const rowsWatch = liveQuery(() => local.kept.toArray()).subscribe((next) => {
    setRows([...next].sort((a, b) => a.at - b.at));
    void fill();
  });
  const courseOf = (fileId: string): string | null => [...filesOf()].find(([, files]) => files.some(({ id }) => id === fileId))?.[0] ?? null;

  const store: FileStore = {
    ...makeAddresses((fileId) => cache.read(fileId), (fileId) => fetchOne(fileId, courseOf(fileId))),
    has: (fileId) => Promise.resolve(cache.ids().has(fileId)),
    onDevice: cache.ids,
    kept,
    keep: async (courseId) => {
      const before = await local.kept.get(courseId);
      await local.kept.put({ courseId, paused: false, at: before?.at ?? clock.now() });
      kick();
    },
    pause: async (courseId) => void (await local.kept.update(courseId, { paused: true })),
    release: async (courseId) => {
      await local.kept.delete(courseId);
      const waiting = await unsent();
      const listed = (filesOf().get(courseId) ?? []).map(({ id }) => id);
      const cached = await local.files.where("courseId").equals(courseId).primaryKeys();
      await cache.remove([...new Set([...listed, ...cached])].filter((id) => !waiting.has(id)));
    },
    add: async (courseId, { blob, ...named }) => {
      const id = newId({ clock, random });
      await cache.put({ id, courseId, blob });
      await local.uploads.add({ ...named, id, courseId, bytes: blob.size, at: clock.now(), location: null, refused: null });
      void uploads.send();
      return id;
    },
  };
  return {
    store,
    cache,
    kick,
    makeRoom: async () => {
      full = true;
      await cache.makeRoom(ROOM_BYTES, await unsent());
    },
    sweep: async (courseIds) => {
      const waiting = await unsent();
      const lost = (await local.files.toArray()).filter(({ id, courseId }) => courseId !== null && !courseIds.has(courseId) && !waiting.has(id));
      if (lost.length > 0) await cache.remove(lost.map(({ id }) => id));
      const keptLost = rows().flatMap(({ courseId }) => (courseIds.has(courseId) ? [] : [courseId]));
      if (keptLost.length > 0) await local.kept.bulkDelete(keptLost);
    },
    close: () => {
      stopLists();
      rowsWatch.unsubscribe();
      dispose();
      cache.close();
    },
  };
}

/** Addresses for `<img>`: one per file however often it is shown, freed when the last place closes it. */
export function makeAddresses(read: (id: string) => Promise<Blob | null>, get: (id: string) => Promise<Blob | null>): Pick<FileStore, "open" | "close"> {
  const open = new Map<string, { readonly fileId: string; uses: number }>();
  const opening = new Map<string, Promise<string | null>>();
  const make = async (fileId: string): Promise<string | null> => {
    const blob = (await read(fileId)) ?? (await get(fileId));
    if (!blob) return null;
    const address = URL.createObjectURL(blob);
    open.set(address, { fileId, uses: 0 });
    return address;
  };
  return {
    open: async (fileId) => {
      const shown = [...open].find(([, entry]) => entry.fileId === fileId)?.[0];
      let address: string | null;
      if (shown === undefined) {
        const pending = opening.get(fileId) ?? make(fileId).finally(() => opening.delete(fileId));
        opening.set(fileId, pending);
        address = await pending;
      } else {
        address = shown;
      }
      const entry = address === null ? undefined : open.get(address);
      if (entry) entry.uses += 1;
      return address;
    },
    close: (address) => {
      const entry = open.get(address);
      if (!entry) return;
      entry.uses -= 1;
      if (entry.uses > 0) return;
      open.delete(address);
      URL.revokeObjectURL(address);
    },
  };
}

function byCourse(lists: readonly FileList[]): Map<string, readonly CourseFile[]> {
  const courses = new Map<string, Map<string, CourseFile>>();
  for (const { courseId, files } of lists) {
    const known = courses.get(courseId) ?? new Map<string, CourseFile>();
    for (const file of files) known.set(file.id, file);
    courses.set(courseId, known);
  }
  return new Map([...courses].map(([courseId, files]) => [courseId, [...files.values()]]));
}
