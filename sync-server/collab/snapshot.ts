import type { Database } from "../db/database.ts";
import { IsolatedWorker } from "./isolated-worker.ts";
import { readRoom } from "./store.ts";
import { YJS_WORKER } from "./update-decoder.ts";

/**
 * A room is merged when the last one leaves it. Where they stay, the log grows to so much: whoever opens the room after a crash reads it in some
 * 60 ms, and each merging reads all of the room once more, in a thread whose compiled code V8 has thrown away since the last one.
 */
export const COMPACT_ROWS = 4_000;
export const COMPACT_BYTES = 1024 * 1024;
const MERGE_MS_MAX = 20_000;
const MERGE_MEMORY_MB_MAX = 512;

export interface Compaction {
  /** Bytes of the state that now stands for everything read. */
  readonly bytes: number;
  readonly rows: number;
}

const another = Symbol("another compaction was first");

/**
 * Duty: turns a room's log into one snapshot. Only the rows that were read and merged are deleted, by their exact ids: an update that
 * another process commits meanwhile may have a lower id than one that was merged.
 * Invariant: snapshot and log together always hold every acknowledged update. The merging happens outside the transaction (a write
 * transaction holds back everyone's feed), so the generation is compared when the snapshot is written.
 * What breaks: two processes compact at once; the merged state does not verify; the process dies in between.
 * How it recovers: the transaction is rolled back and everything stays as it was; the next threshold tries again.
 */
export class Compactor {
  readonly #worker = new IsolatedWorker(YJS_WORKER, { memoryMbMax: MERGE_MEMORY_MB_MAX, stackMb: 0.75 });

  constructor(private readonly database: Database) {}

  /** Null: nothing to do, or another process was first. Throws if the state did not verify. */
  async compact(room: string): Promise<Compaction | null> {
    const stored = await readRoom(this.database.sql, room);
    if (stored.updates.length === 0) return null;
    const job = { kind: "merge", state: stored.state, updates: stored.updates.map(({ upd }) => upd) };
    const { state } = (await this.#worker.run(job, MERGE_MS_MAX)) as { state: Uint8Array };
    const ids = stored.updates.map(({ id }) => id);
    try {
      await this.database.transaction(async (transaction) => {
        const [lock] = await transaction<{ locked: boolean }[]>`SELECT pg_try_advisory_xact_lock(7, hashtext(${room})) AS locked`;
        if (!lock?.locked) throw another;
        const written = await transaction`
          INSERT INTO ydoc_snapshot AS s (room, state, gen) VALUES (${room}, ${Buffer.from(state)}, 1)
          ON CONFLICT (room) DO UPDATE SET state = excluded.state, gen = s.gen + 1, at = now() WHERE s.gen = ${stored.gen}::bigint
          RETURNING gen`;
        if (written.length !== 1 || written[0]?.["gen"] !== String(BigInt(stored.gen) + 1n)) throw another;
        const deleted = await transaction`DELETE FROM ydoc_update WHERE id = ANY(${ids}::bigint[])`;
        if (deleted.count !== ids.length) throw another;
      });
    } catch (error) {
      if (error === another) return null;
      throw error;
    }
    return { bytes: state.length, rows: ids.length };
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }
}
