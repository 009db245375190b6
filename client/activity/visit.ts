import { ACTIVE_GAP_SECONDS_MAX } from "@mochila/shared/limits.ts";

const GAP_MS_MAX = ACTIVE_GAP_SECONDS_MAX * 1_000;

/**
 * Counts the time in which a page was used: shown, in focus, and touched now and then. A gap between two signs of life of at most
 * a minute is reading and counts whole; a longer one counts as nothing (DECISIONS 26). Pure: every time is a monotonic millisecond
 * given by the caller, and one that goes back is taken for no time at all.
 */
export class ActiveTime {
  #lastSign: number | null;
  #countedMs = 0;

  /** The page is shown at `at`, or opened in the background (`null`). */
  constructor(at: number | null) {
    this.#lastSign = at;
  }

  /** A key, a touch, a scroll, a pointer: the person is there. Signs while hidden count for nothing. */
  sign(at: number): void {
    if (this.#lastSign === null) return;
    this.#count(at);
    this.#lastSign = at;
  }

  shown(at: number): void {
    this.#lastSign ??= at;
  }

  hidden(at: number): void {
    if (this.#lastSign === null) return;
    this.#count(at);
    this.#lastSign = null;
  }

  /** Whole seconds up to now, since they were last taken; the rest stays for the next. For leaving, which is a sign of life. */
  take(at: number): number {
    this.sign(at);
    return this.takeCounted();
  }

  /** Whole seconds up to the last sign of life. For telling now and then: a clock that ticks is no sign. */
  takeCounted(): number {
    const seconds = Math.floor(this.#countedMs / 1_000);
    this.#countedMs -= seconds * 1_000;
    return seconds;
  }

  #count(at: number): void {
    const gap = at - (this.#lastSign ?? at);
    if (gap > 0 && gap <= GAP_MS_MAX) this.#countedMs += gap;
  }
}
