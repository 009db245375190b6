import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "./db/database.ts";
import type { Log } from "./log.ts";

/** `lock`: any constant of its own; of several instances one is at it at a time. */
interface Pace {
  readonly firstMs: number;
  readonly everyMs: number;
  readonly lock: number;
}

/** For what takes room. Not at the start, when everybody waits for the first answer. */
export const SELDOM: Pace = { firstMs: 10 * 60_000, everyMs: 6 * 3_600_000, lock: 7_203_414 };
/** For what people notice: within a minute, also when one look takes its time. */
export const SOON: Pace = { firstMs: 5_000, everyMs: 30_000, lock: 7_203_415 };

export interface HousekeepingParts {
  readonly database: Database;
  readonly log: Log;
  readonly pace: Pace;
  /** What removes things that have served their time; each is safe to repeat and to interrupt. */
  readonly tasks: Readonly<Record<string, () => Promise<unknown>>>;
}

/** Duty: runs the sweepers of all parts now and then. A task that fails is logged and tried again next time; the others go on. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Waits for the task under way. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { firstMs, everyMs } = this.#parts.pace;
    for (let wait = firstMs; await this.#rest(wait); wait = everyMs) {
      await this.sweep().catch((error: unknown) => this.#parts.log.warn("housekeeping_failed", { error }));
    }
  }

  #rest(milliseconds: number): Promise<boolean> {
    return pause(milliseconds, true, { signal: this.#ending.signal, ref: false }).catch(() => false);
  }

  /** Every task once, unless another instance is at it. */
  async sweep(): Promise<void> {
    const connection = await this.#parts.database.sql.reserve();
    try {
      const [lock] = await connection<{ taken: boolean }[]>`select pg_try_advisory_lock(${this.#parts.pace.lock}) as taken`;
      if (!lock?.taken) return;
      for (const [task, run] of Object.entries(this.#parts.tasks)) {
        if (this.#ending.signal.aborted) break;
        await run().catch((error: unknown) => this.#parts.log.warn("housekeeping_failed", { task, error }));
      }
      await connection`select pg_advisory_unlock(${this.#parts.pace.lock})`;
    } finally {
      connection.release();
    }
  }
}
