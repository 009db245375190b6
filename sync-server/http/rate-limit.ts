import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** Takes `cost` tokens of `key`, or says how long until there are so many. `cost` is never more than `burstMax`. */
export interface RateLimiter {
  take(key: string, limit: Limit, cost?: number): Promise<Taken>;
}

export interface Taken {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
}

export interface Limit {
  readonly perMinuteMax: number;
  /** How many may come at once after a quiet time. */
  readonly burstMax: number;
}

/** Above what a lively device does (a hint a second, a push every few); below what hurts two cores. */
export const DEFAULT_PER_MINUTE_MAX = 600;
/** A school comes out of one address: anonymous requests get more. */
export const ADDRESS_PER_MINUTE_MAX = 3_000;
const BURST_MIN = 10;
export const KEYS_MAX = 20_000;

/** Half a minute's worth at once, where a limit says no more. */
export const limitOf = (perMinuteMax: number, burstMax = Math.max(BURST_MIN, Math.ceil(perMinuteMax / 2))): Limit => ({ perMinuteMax, burstMax });

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets of this process. Invariant: at most `KEYS_MAX` of them; the one that was used longest ago goes first and starts full again, which
 * only ever favours the caller.
 */
export class MemoryRateLimiter implements RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {}

  take(key: string, limit: Limit, cost = 1): Promise<Taken> {
    return Promise.resolve(this.takeNow(key, limit, cost));
  }

  takeNow(key: string, { perMinuteMax, burstMax }: Limit, cost: number): Taken {
    const now = this.clock.monotonic();
    const bucket = this.buckets.get(key) ?? { tokens: burstMax, at: now };
    const tokens = Math.min(burstMax, bucket.tokens + ((now - bucket.at) * perMinuteMax) / 60_000);
    const allowed = tokens >= cost;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: allowed ? tokens - cost : tokens, at: now });
    if (this.buckets.size > KEYS_MAX) this.buckets.delete(this.buckets.keys().next().value ?? "");
    return { allowed, retryAfterMs: allowed ? 0 : Math.ceil(((cost - tokens) * 60_000) / perMinuteMax) };
  }
}

/** For measuring, on one's own machine (`LIMITS=off`). */
export const noLimits: RateLimiter = { take: () => Promise.resolve({ allowed: true, retryAfterMs: 0 }) };

/** Throws `too_many_requests` with the time to wait. */
export async function enforceLimit(limiter: RateLimiter, key: string, limit: Limit, cost = 1): Promise<void> {
  const { allowed, retryAfterMs } = await limiter.take(key, limit, cost);
  if (!allowed) throw new CodedError("too_many_requests", "Too many requests; wait a little.", { retryAfterMs });
}
