import { type Accessor, createSignal } from "solid-js";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { LocalDatabase } from "../db/local.ts";
import { filesCacheName } from "../db/names.ts";
import { openTabChannel } from "../tab-channel.ts";

/** Where a file is got from, and its key in the cache. */
export const fileAddress = (fileId: string): string => `/api/files/${fileId}`;

export interface FileCache {
  /** Ids of all files here; every tab is told of changes. */
  readonly ids: Accessor<ReadonlySet<string>>;
  read(fileId: string): Promise<Blob | null>;
  /** Throws QuotaExceededError when the disk is full. */
  put(file: { id: string; courseId: string | null; blob: Blob }): Promise<void>;
  remove(fileIds: readonly string[]): Promise<void>;
  /** Makes room: what was used longest ago goes first, `keep` never. Answers whether anything went. */
  makeRoom(bytes: number, keep: ReadonlySet<string>): Promise<boolean>;
  bytes(): Promise<number>;
  close(): void;
}

/** The person's files on this device: bytes in Cache Storage, what is known of them in Dexie. */
export async function openFileCache({ userId, local, clock }: { userId: string; local: LocalDatabase; clock: Clock }): Promise<FileCache> {
  const name = filesCacheName(userId);
  const cache = await caches.open(name);
  const list = async (): Promise<ReadonlySet<string>> => new Set((await cache.keys()).map(({ url }) => url.slice(url.lastIndexOf("/") + 1)));
  const [ids, setIds] = createSignal<ReadonlySet<string>>(await list());
  const tabs = openTabChannel<"changed">(`mochila-${userId}-files`, () => void list().then(setIds));
  const changed = (change: (set: Set<string>) => void) => {
    setIds((before) => {
      const next = new Set(before);
      change(next);
      return next;
    });
    tabs.tell("changed");
  };

  const remove = async (fileIds: readonly string[]) => {
    await Promise.all(fileIds.map((id) => cache.delete(fileAddress(id))));
    await local.files.bulkDelete([...fileIds]);
    changed((set) => {
      for (const id of fileIds) set.delete(id);
    });
  };
  return {
    ids,
    read: async (fileId) => {
      const answer = await cache.match(fileAddress(fileId));
      if (!answer) return null;
      void local.files.update(fileId, { usedAt: clock.now() });
      return answer.blob();
    },
    put: async ({ id, courseId, blob }) => {
      await cache.put(fileAddress(id), new Response(blob, { headers: { "content-type": blob.type, "content-length": String(blob.size) } }));
      await local.files.put({ id, courseId, bytes: blob.size, usedAt: clock.now() });
      changed((set) => set.add(id));
    },
    remove,
    makeRoom: async (bytes, keep) => {
      let freed = 0;
      const leaving: string[] = [];
      for (const file of await local.files.orderBy("usedAt").toArray()) {
        if (freed >= bytes) break;
        if (keep.has(file.id)) continue;
        leaving.push(file.id);
        freed += file.bytes;
      }
      if (leaving.length > 0) await remove(leaving);
      return leaving.length > 0;
    },
    bytes: async () => {
      let sum = 0;
      await local.files.each((file) => (sum += file.bytes));
      return sum;
    },
    close: tabs.close,
  };
}
