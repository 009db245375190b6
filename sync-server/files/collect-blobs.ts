import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import type { BlobStore } from "./blob-store.ts";

/** A blob is written before its reference; nothing younger is ever collected, so that a transaction in between loses nothing. */
export const ORPHAN_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Removes blobs that nothing refers to and that are older than ORPHAN_DAYS, and uploads that expired. Returns how many blobs went.
 * Safe beside a running server.
 */
export async function collectBlobs({ database, blobs, clock }: { database: Database; blobs: BlobStore; clock: Clock }): Promise<number> {
  await database.transaction((transaction) => transaction`delete from upload where expires_at < ${new Date(clock.now())}`);
  let removed = 0;
  for await (const hash of blobs.listOlderThan(ORPHAN_DAYS * DAY_MS, clock.now())) {
    const [used] = await database.sql`select 1 from file_ref where hash = ${Buffer.from(hash)} union all select 1 from person where picture_hash = ${Buffer.from(hash)} limit 1`;
    if (used) continue;
    // Somebody may have put the same bytes since they were listed, and name them in a moment.
    await blobs.removeOlderThan(hash, ORPHAN_DAYS * DAY_MS, clock.now());
    removed += 1;
  }
  return removed;
}
