import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** Slips of the finger are free; after that each wrong try costs more, up to a minute. Never a lock: that would lock out the owner. */
const FREE_TRIES = 5;
const FREE_TRIES_OF_NETWORK = 50;
const DELAY_MS_MAX = 60_000;
/** Without a wrong try for so long, all is forgotten. */
const FORGOTTEN_MS = 15 * 60_000;
const KEYS_MAX = 20_000;

interface Tries {
  wrong: number;
  readonly at: number;
  readonly openAt: number;
}

/**
 * Duty: slow down guessing of passwords, per account (whether it exists or not) and per network, before anything is hashed.
 * Invariant: a try is counted before its outcome is known, so that many at once cannot slip through; a right password gives it back.
 */
export class SignInLimit {
  private readonly tries = new Map<string, Tries>();

  constructor(private readonly clock: Clock) {}

  /** Throws `too_many_requests`. Returns what to call when the password was right. */
  begin({ email, network }: { email: string; network: string }): () => void {
    const keys = [[`account ${email}`, FREE_TRIES], [`network ${network}`, FREE_TRIES_OF_NETWORK]] as const;
    const waitMs = Math.max(...keys.map(([key]) => (this.tries.get(key)?.openAt ?? 0) - this.clock.monotonic()));
    if (waitMs > 0) throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs: Math.ceil(waitMs) });
    for (const [key, free] of keys) this.count(key, free);
    return () => {
      this.tries.delete(keys[0][0]);
      this.giveBack(keys[1][0]);
    };
  }

  private count(key: string, free: number): void {
    const now = this.clock.monotonic();
    const before = this.tries.get(key);
    const wrong = (before && now - before.at < FORGOTTEN_MS ? before.wrong : 0) + 1;
    const delayMs = wrong < free ? 0 : Math.min(DELAY_MS_MAX, 1_000 * 2 ** Math.min(wrong - free, 10));
    this.tries.delete(key);
    this.tries.set(key, { wrong, at: now, openAt: now + delayMs });
    if (this.tries.size > KEYS_MAX) this.tries.delete(this.tries.keys().next().value ?? "");
  }

  private giveBack(key: string): void {
    const found = this.tries.get(key);
    if (found) this.tries.set(key, { ...found, wrong: found.wrong - 1, openAt: 0 });
  }
}
