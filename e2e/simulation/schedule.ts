import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "@mochila/shared/kernel/clock.ts";

interface Due {
  readonly at: number;
  run(): void | Promise<void>;
}

/** Any fixed day: ids and times are the same in each run of a seed. */
const BEGINNING_MS = Date.UTC(2026, 0, 5);

/**
 * Time of a simulated world: it passes only here, from one event to the next. Each event is done before the next begins: its work on Postgres, and
 * all that the devices do by themselves until they wait for the network or for time. So a seed makes the same events in the same order.
 * What breaks: a device that waits for anything else, a real timer or a thread, would come back in the midst of a later event.
 */
export class Schedule {
  #now = 0;
  /** By time; equal times in the order of asking. */
  readonly #due: Due[] = [];

  readonly clock: Clock = { now: () => BEGINNING_MS + this.#now, monotonic: () => this.#now };

  at(ms: number, run: Due["run"]): void {
    const due = { at: this.#now + ms, run };
    const later = this.#due.findLastIndex(({ at }) => at <= due.at) + 1;
    this.#due.splice(later, 0, due);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(ms, resolve));
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turn();
    for (let due = this.#due[0]; due && due.at <= until; due = this.#due[0]) await this.#runNext(due);
    this.#now = until;
  }

  /** Until nothing waits any more; false if something still did after `ms`. */
  async drain(ms: number): Promise<boolean> {
    const until = this.#now + ms;
    await turn();
    for (let due = this.#due[0]; due; due = this.#due[0]) {
      if (due.at > until) return false;
      await this.#runNext(due);
    }
    return true;
  }

  /** For what somebody does on a device: it may have to wait for time, as on a full disk. */
  async through<Result>(work: Promise<Result>): Promise<Result> {
    const state = { done: false };
    void work.then(() => (state.done = true));
    await turn();
    for (let due = this.#due[0]; !state.done && due; due = this.#due[0]) await this.#runNext(due);
    return work;
  }

  async #runNext(due: Due): Promise<void> {
    this.#due.shift();
    this.#now = due.at;
    await due.run();
    // Promises are through before the next turn of the loop.
    await turn();
  }
}
