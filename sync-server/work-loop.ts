import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "./log.ts";

export interface WorkLoopParts {
  /** For the log: `<name>.failed`. */
  readonly name: string;
  /** Does what is due and resolves with the milliseconds until the next look. Ends soon after `ending` is aborted. */
  readonly work: (ending: AbortSignal) => Promise<number>;
  /** Also the rest after work that failed: another instance may have left something to do. */
  readonly lookMsMax: number;
  readonly log: Log;
}

/** Duty: work that waits in the database is looked for when somebody says so, and now and then. One look at a time. */
export class WorkLoop {
  readonly #parts: WorkLoopParts;
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #woken = new AbortController();

  constructor(parts: WorkLoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  wake(): void {
    this.#woken.abort();
  }

  /** Waits for the work under way. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#woken.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { name, work, lookMsMax, log } = this.#parts;
    while (!this.#ending.signal.aborted) {
      this.#woken = new AbortController();
      // Whoever called between the look and this line is seen by the look that follows.
      const left = await work(this.#ending.signal).catch((error: unknown) => {
        log.warn(`${name}.failed`, { error });
        return lookMsMax;
      });
      if (!this.#ending.signal.aborted) await pause(Math.max(0, Math.min(lookMsMax, left)), undefined, { signal: this.#woken.signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Work that is done in parts until none is left; then it is looked for again after this time. */
export const inParts = (step: () => Promise<boolean>, lookMs: number): WorkLoopParts["work"] => async (ending) => {
  while (!ending.aborted && (await step())) continue;
  return lookMs;
};
