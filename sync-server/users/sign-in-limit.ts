import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** Slips of the finger are free; after that each wrong try costs more, up to a minute. Never a lock: that would lock out the owner. */
const FREE_TRIES = 5;
const DELAY_MS_MAX = 60_000;
/** Without a wrong try for so long, all is forgotten. */
const FORGOTTEN_MS = 15 * 60_000;
/**
 * Wrong tries of a network, over any accounts: so many at once, then one each 1.2 s. A whole school sits behind one address, so that
 * somebody's guessing must cost the others seconds.
 */
const NETWORK_TRIES = 50;
const NETWORK_REFILL_MS = 1_200;
const KEYS_MAX = 20_000;

interface Tries {
  readonly wrong: number;
  readonly at: number;
  readonly openAt: number;
}

interface Attempt {
  readonly email: string;
  readonly network: string;
  /** The session of this same account that the browser had before; null: none. */
  readonly ownSession: string | null;
}

/** Keys in the order of their last use; of too many the oldest is forgotten, which only ever favours the caller. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > KEYS_MAX) map.delete(map.keys().next().value ?? "");
}

/**
 * Duty: slow down guessing of passwords, per account (whether it exists or not) and per network, before anything is hashed.
 * Invariant: a try is counted before its outcome is known, so that many at once cannot slip through; a right password gives it back.
 * A browser that was signed in as this person before has a count of its own: strangers' guesses do not keep the owner waiting, and
 * whoever stole the browser's cookie waits like any other.
 */
export class SignInLimit {
  private readonly tries = new Map<string, Tries>();
  /** When the network's tries will all be free again, monotonic milliseconds: a bucket that fills evenly. */
  private readonly networks = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Throws `too_many_requests`. Returns what to call when the password was right. */
  begin({ email, network, ownSession }: Attempt): () => void {
    const now = this.clock.monotonic();
    const key = ownSession === null ? `account ${email}` : `session ${ownSession}`;
    const waitMs = Math.max((this.tries.get(key)?.openAt ?? 0) - now, ownSession === null ? this.networkWait(network, now) : 0);
    if (waitMs > 0) throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs: Math.ceil(waitMs) });
    this.count(key, now);
    if (ownSession === null) this.shift(network, NETWORK_REFILL_MS);
    return () => {
      this.tries.delete(key);
      if (ownSession === null) this.shift(network, -NETWORK_REFILL_MS);
    };
  }

  private networkWait(network: string, now: number): number {
    return (this.networks.get(network) ?? now) - now - (NETWORK_TRIES - 1) * NETWORK_REFILL_MS;
  }

  private shift(network: string, byMs: number): void {
    const now = this.clock.monotonic();
    keep(this.networks, network, Math.max(now, this.networks.get(network) ?? now) + byMs);
  }

  private count(key: string, now: number): void {
    const before = this.tries.get(key);
    const wrong = (before && now - before.at < FORGOTTEN_MS ? before.wrong : 0) + 1;
    const delayMs = wrong < FREE_TRIES ? 0 : Math.min(DELAY_MS_MAX, 1_000 * 2 ** Math.min(wrong - FREE_TRIES, 10));
    keep(this.tries, key, { wrong, at: now, openAt: now + delayMs });
  }
}
