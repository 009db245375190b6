import type { ActivityStore } from "@mochila/shared/activity/activity-store.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { takeForwarderLock } from "./forwarder-lock.ts";
import { recountIfAsked } from "./recount.ts";
import { sweepCounted } from "./retention.ts";
import { BATCH_ROWS_MAX, type BatchRange, countWaiting, type FreshBatch, markCounted, openBatch, readNextBatch, readSealedLines, sealBatch, type UnsealedBatch } from "./sealed-batches.ts";

/** ClickHouse likes few large inserts: rows gather for so long, unless a whole batch waits. */
const GATHER_MS = 1_000;
/** Without a word from our own intake: another instance may have accepted something. */
const IDLE_MS = 10_000;
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 60_000;
const SWEEP_MS = 3_600_000;

export interface ForwarderDependencies {
  readonly database: Database;
  readonly analytics: ActivityStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Carries accepted events from Postgres to ClickHouse.
 *
 * Duty: every accepted event is counted, once, soon.
 * Invariant: at most one sealed batch is open; it is sent, the same rows in the same order under the same token, until an insert was
 * answered, and marked after that. A kill between insert and mark means one more insert, which ClickHouse drops by its token.
 * Breaks: ClickHouse away or Postgres away. It tries again with growing pauses for ever; events stay where they are.
 * Memory: two batches: the next one is read while one is inserted.
 */
export class Forwarder {
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #pausing: { readonly end: () => void; readonly wakes: boolean } | null = null;
  #woken = false;
  #ahead: Promise<UnsealedBatch | null> | null = null;
  #retryMs = RETRY_MS_MIN;
  #sweptAt = -Infinity;
  readonly #dependencies: ForwarderDependencies;
  readonly #forget: () => void;

  constructor(dependencies: ForwarderDependencies) {
    this.#dependencies = dependencies;
    this.#forget = dependencies.analytics.onChange((state) => {
      if (state.kind === "ready") this.#retryMs = RETRY_MS_MIN;
      this.wake();
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Rows wait, or the store came back. */
  wake(): void {
    this.#woken = true;
    if (this.#pausing?.wakes) this.#pausing.end();
  }

  /** Resolves when nothing of it runs any more; the batch in the air is finished first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget();
    this.#pausing?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#lead();
      } catch (error) {
        this.#dependencies.log.warn("events.forward.failed", { error: String(error), retryMs: this.#retryMs });
        await this.#backOff();
      }
    }
  }

  /** Works while this process is the one forwarder; another instance may be. */
  async #lead(): Promise<void> {
    if (!this.#reachesStore) {
      // The lock stays free for an instance that does.
      this.#woken = false;
      return this.#pause(RETRY_MS_MAX, { wakes: true });
    }
    const lock = await takeForwarderLock(this.#dependencies.database);
    if (!lock) return this.#pause(IDLE_MS, { wakes: false });
    try {
      await recountIfAsked(this.#dependencies.database, this.#dependencies.analytics);
      while (!this.#stopped && this.#reachesStore) {
        await lock.check();
        await this.#forwardOnce();
      }
    } finally {
      await lock.release();
    }
  }

  get #reachesStore(): boolean {
    return this.#dependencies.analytics.state().kind === "ready";
  }

  async #forwardOnce(): Promise<void> {
    const { sql } = this.#dependencies.database;
    this.#woken = false;
    const batch = (await openBatch(sql)) ?? (await this.#seal());
    if (!batch) return this.#rest();
    // A failure costs the read-ahead only: the batch is read again when its turn comes.
    if (batch.rowCount === BATCH_ROWS_MAX) this.#ahead = readNextBatch(sql, batch).catch(() => null);
    await this.#send(batch);
    this.#retryMs = RETRY_MS_MIN;
    if (batch.rowCount < BATCH_ROWS_MAX) await this.#gather();
  }

  async #seal(): Promise<FreshBatch | null> {
    const { database: { sql }, clock, random } = this.#dependencies;
    const ahead = await this.#ahead;
    this.#ahead = null;
    const batch = ahead ?? (await readNextBatch(sql));
    return batch && sealBatch(sql, batch, { id: newId({ clock, random }), sealedAt: new Date(clock.now()) });
  }

  async #send(batch: BatchRange | FreshBatch): Promise<void> {
    const { database, analytics, clock } = this.#dependencies;
    await analytics.ingest({ id: batch.id, lines: "lines" in batch ? batch.lines : await readSealedLines(database.sql, batch) });
    await markCounted(database.sql, batch.id, new Date(clock.now()));
  }

  /** Nothing could be sealed: either nothing is there, or it stands above the horizon and will be visible in a moment. */
  async #rest(): Promise<void> {
    const { database, clock, log } = this.#dependencies;
    if (clock.now() - this.#sweptAt > SWEEP_MS) {
      this.#sweptAt = clock.now();
      const removed = await sweepCounted(database, clock.now());
      if (removed > 0) log.info("events.swept", { removed });
    }
    if ((await countWaiting(database.sql)) > 0) return this.#pause(GATHER_MS, { wakes: false });
    await this.#pause(IDLE_MS, { wakes: true });
    if (this.#woken) await this.#gather();
  }

  /** Lets rows come together; a whole batch goes at once. */
  async #gather(): Promise<void> {
    if ((await countWaiting(this.#dependencies.database.sql)) >= BATCH_ROWS_MAX) return;
    await this.#pause(GATHER_MS, { wakes: false });
  }

  async #backOff(): Promise<void> {
    const pauseMs = this.#retryMs * (0.5 + this.#dependencies.random.fraction());
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
    await this.#pause(pauseMs, { wakes: false });
  }

  /** Ends early when stopped, and with `wakes` when there is something to do. */
  #pause(milliseconds: number, { wakes }: { wakes: boolean }): Promise<void> {
    if (this.#stopped || (wakes && this.#woken)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pausing = null;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#pausing = { end, wakes };
    });
  }
}
