import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Sql } from "../db/database.ts";
import type { Log } from "../log.ts";
import { leaseFromBucket } from "./rate-bucket.ts";
import { KEYS_MAX, type Limit, MemoryRateLimiter, type RateLimiter, type Taken } from "./rate-limit.ts";

/** What an instance gives without asking: a device that is used quietly costs the database nothing. */
const FREE_SHARE = 1 / 16;
/** What it fetches at a time beyond that. */
const BLOCK_SHARE = 1 / 8;

/** A database that takes longer than this over one small row counts as away: nobody waits for a limit. */
const ASKING_MS_MAX = 1_000;
/** As long each instance counts alone before it asks again. */
const AWAY_MS = 1_000;

interface Lease {
  tokens: number;
  /** Until then the shared bucket has none: known here, so that somebody who hammers costs no statement. */
  refusedUntil: number;
  /** The statement under way; everybody who needs it waits for the same one. */
  asking: Promise<void> | null;
}

interface Parts {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Duty: limits that all instances of a school keep together, for a fraction of a statement per request. Each instance gives a sixteenth of a limit
 * by itself and leases the rest from the shared bucket in blocks of an eighth, which it counts out in memory.
 *
 * Bound: with N instances at most (1 + N/16) times the rate passes in the long run, and at once at most (1 + N × 3/16) times the burst; less than the
 * burst only by a block that another instance holds. What breaks: while PostgreSQL does not answer each instance counts alone, up to N times the
 * limit; nothing that a limit protects is served then. A lease that is forgotten (more than `KEYS_MAX` keys, a restart) is lost to its key until it refills.
 */
export class SharedRateLimiter implements RateLimiter {
  readonly #leases = new Map<string, Lease>();
  readonly #free: MemoryRateLimiter;
  readonly #alone: MemoryRateLimiter;
  #awayUntil = 0;

  constructor(private readonly parts: Parts) {
    this.#free = new MemoryRateLimiter(parts.clock);
    this.#alone = new MemoryRateLimiter(parts.clock);
  }

  async take(key: string, limit: Limit, cost = 1): Promise<Taken> {
    if (this.#free.takeNow(key, { perMinuteMax: limit.perMinuteMax * FREE_SHARE, burstMax: Math.floor(limit.burstMax * FREE_SHARE) }, cost).allowed) return ALLOWED;
    const lease = this.#leaseOf(key);
    for (;;) {
      const now = this.parts.clock.monotonic();
      if (lease.tokens >= cost) {
        lease.tokens -= cost;
        return ALLOWED;
      }
      if (now < lease.refusedUntil) return { allowed: false, retryAfterMs: lease.refusedUntil - now };
      if (now < this.#awayUntil) return this.#alone.takeNow(key, limit, cost);
      lease.asking ??= this.#ask(key, lease, { limit, cost }).finally(() => (lease.asking = null));
      await lease.asking;
    }
  }

  async #ask(key: string, lease: Lease, wanted: { limit: Limit; cost: number }): Promise<void> {
    try {
      await this.#extend(key, lease, wanted);
    } catch (error) {
      const now = this.parts.clock.monotonic();
      if (this.#awayUntil === 0) this.parts.log.warn("limits_not_shared", { error });
      this.#awayUntil = now + AWAY_MS;
    }
  }

  async #extend(key: string, lease: Lease, { limit, cost }: { limit: Limit; cost: number }): Promise<void> {
    const { sql, clock } = this.parts;
    const count = Math.max(cost, Math.ceil(limit.burstMax * BLOCK_SHARE));
    const now = clock.now();
    const asked = leaseFromBucket(sql, nameOf(key), { size: limit.burstMax, refillMs: 60_000 / limit.perMinuteMax }, { count, now });
    const ending = new AbortController();
    const late = pause(ASKING_MS_MAX, null, { signal: ending.signal, ref: false }).then(() => Promise.reject(new Error("the database did not answer in time")));
    const { allowed, retryAfterMs } = await Promise.race([asked, late]).finally(() => ending.abort());
    if (allowed) lease.tokens += count;
    else lease.refusedUntil = clock.monotonic() + retryAfterMs;
    this.#awayUntil = 0;
  }

  /** The one that was used longest ago goes first. */
  #leaseOf(key: string): Lease {
    const lease = this.#leases.get(key) ?? { tokens: 0, refusedUntil: 0, asking: null };
    this.#leases.delete(key);
    this.#leases.set(key, lease);
    if (this.#leases.size > KEYS_MAX) this.#leases.delete(this.#leases.keys().next().value ?? "");
    return lease;
  }
}

/** Half of SHA-256. Buckets live for hours in the database, and whose they are is nobody's business there. */
const nameOf = (key: string): string => createHash("sha256").update(key).digest().subarray(0, 16).toString("base64url");

const ALLOWED: Taken = { allowed: true, retryAfterMs: 0 };
