import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** A clock that stands still until a test moves it. Starts at an ordinary day. */
export class TestClock implements Clock {
  private milliseconds = Date.UTC(2026, 10, 1);

  now(): number {
    return this.milliseconds;
  }

  monotonic(): number {
    return this.milliseconds;
  }

  pass(milliseconds: number): void {
    this.milliseconds += milliseconds;
  }
}
