import { type Accessor, createSignal } from "solid-js";
import type { StorageFailure } from "./insist.ts";
import { reserveName } from "./names.ts";

/** Enough for a while of writing; on a small disk a tenth of what is free. */
const RESERVE_BYTES_MAX = 20 * 1024 * 1024;
const RESERVE_SHARE = 10;
/** With less than this free, the next page of a course may not fit. */
const FREE_BYTES_MIN = 1024 * 1024;
/** The person looks at what has just come first. */
const KEEP_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 3_000;
const ADDRESS = "/reserve";

export interface Reserve {
  /** The disk is full: what comes from the server waits, what the person writes goes into the room kept for it. */
  readonly full: Accessor<boolean>;
  /** Makes room, if that can be done. */
  onFailure(failure: StorageFailure): Promise<void>;
  /** Bytes of the room kept. */
  bytes(): Promise<number>;
  close(): void;
}

/**
 * Room on the device for what a person writes when the disk is full. It lies in Cache Storage: what is deleted there is free at once, while
 * IndexedDB gives its file back some time later. `freeMedia` deletes what can be fetched again.
 */
export function makeReserve({ userId, freeMedia }: { userId: string; freeMedia(): Promise<void> }): Reserve {
  const [full, setFull] = createSignal(false);
  let timer = setTimeout(() => void look(), KEEP_AFTER_MS);
  let closed = false;
  const bytes = async (): Promise<number> => {
    const cache = await caches.open(reserveName(userId));
    return Number((await cache.match(ADDRESS))?.headers.get("content-length") ?? 0);
  };
  const keep = async (free: number): Promise<void> => {
    const size = Math.floor(Math.min(RESERVE_BYTES_MAX, free / RESERVE_SHARE));
    const cache = await caches.open(reserveName(userId));
    await cache.put(ADDRESS, new Response(new Uint8Array(size), { headers: { "content-length": String(size) } }));
  };
  const look = async () => {
    try {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate();
      const isFree = quota - usage >= FREE_BYTES_MIN;
      if (isFree && !closed && (await bytes()) === 0) await keep(quota - usage);
      if (isFree) setFull(false);
    } catch {
      // No room for it: looked at again.
    }
    if (full() && !closed) timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  return {
    full,
    bytes,
    onFailure: async ({ quota, pulled }) => {
      if (!quota || closed) return;
      if (!full()) {
        setFull(true);
        clearTimeout(timer);
        timer = setTimeout(() => void look(), LOOK_EVERY_MS);
      }
      await freeMedia();
      if (!pulled) await caches.delete(reserveName(userId));
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
