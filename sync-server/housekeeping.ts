import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "./db/database.ts";
import type { Log } from "./log.ts";

/** Not at the start, when everybody waits for the first answer. */
const FIRST_MS = 10 * 60_000;
const EVERY_MS = 6 * 3_600_000;
/** Any constant: of several instances one sweeps at a time. */
const LOCK = 7_203_414;

export interface HousekeepingParts {
  readonly database: Database;
  readonly log: Log;
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
    for (let wait = FIRST_MS; await this.#rest(wait); wait = EVERY_MS) {
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
      const [lock] = await connection<{ taken: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as taken`;
      if (!lock?.taken) return;
      for (const [task, run] of Object.entries(this.#parts.tasks)) {
        if (this.#ending.signal.aborted) break;
        await run().catch((error: unknown) => this.#parts.log.warn("housekeeping_failed", { task, error }));
      }
      await connection`select pg_advisory_unlock(${LOCK})`;
    } finally {
      connection.release();
    }
  }
}
