import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** Takes one token of `key`, or says how long until there is one. Process memory now; several instances would share Postgres or Redis. */
export interface RateLimiter {
  take(key: string, limit: Limit): Promise<{ readonly allowed: boolean; readonly retryAfterMs: number }>;
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
const KEYS_MAX = 20_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets. Invariant: at most `KEYS_MAX` of them; the one that was used longest ago goes first and starts full again, which
 * only ever favours the caller.
 */
export class MemoryRateLimiter implements RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {}

  take(key: string, { perMinuteMax, burstMax }: Limit): Promise<{ allowed: boolean; retryAfterMs: number }> {
    const now = this.clock.monotonic();
    const bucket = this.buckets.get(key) ?? { tokens: burstMax, at: now };
    const tokens = Math.min(burstMax, bucket.tokens + ((now - bucket.at) * perMinuteMax) / 60_000);
    const allowed = tokens >= 1;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.buckets.size > KEYS_MAX) this.buckets.delete(this.buckets.keys().next().value ?? "");
    return Promise.resolve({ allowed, retryAfterMs: allowed ? 0 : Math.ceil(((1 - tokens) * 60_000) / perMinuteMax) });
  }
}

export async function enforceLimit(limiter: RateLimiter, key: string, perMinuteMax: number): Promise<void> {
  const { allowed, retryAfterMs } = await limiter.take(key, { perMinuteMax, burstMax: Math.max(10, Math.ceil(perMinuteMax / 2)) });
  if (!allowed) throw new CodedError("too_many_requests", "Too many requests; wait a little.", { retryAfterMs });
}
