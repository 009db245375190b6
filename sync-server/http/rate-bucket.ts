import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";
import type { Taken } from "./rate-limit.ts";

/** `size` at once after a quiet time, then one each `refillMs`. */
export interface BucketLimit {
  readonly size: number;
  readonly refillMs: number;
}

/** How far the clocks of instances may be apart. */
const CLOCKS_APART_MS = 60_000;

/**
 * Takes `count` tokens of a bucket that every instance shares, all or none; one statement, so that of many at once exactly `size` pass. `now` is the
 * instance's clock: two that differ by a second let a second's tokens more through. A clock that was set back locks nobody out: a bucket that is emptier
 * than empty is taken for a full one.
 */
export async function leaseFromBucket(sql: Sql, name: string, { size, refillMs }: BucketLimit, { count, now }: { count: number; now: number }): Promise<Taken> {
  const [at, full] = [new Date(now), new Date(now + count * refillMs)];
  const last = new Date(now + (size - count) * refillMs);
  const impossible = new Date(now + size * refillMs + CLOCKS_APART_MS);
  const [taken] = await sql`
    insert into rate_bucket as bucket (name, full_at) values (${name}, ${full})
    on conflict (name) do update set full_at = case when bucket.full_at > ${impossible} then ${at}::timestamptz else greatest(bucket.full_at, ${at}) end + ${`${count * refillMs} milliseconds`}::interval
    where bucket.full_at <= ${last} or bucket.full_at > ${impossible}
    returning 1`;
  if (taken) return { allowed: true, retryAfterMs: 0 };
  const [row] = await sql<{ full_at: Date }[]>`select full_at from rate_bucket where name = ${name}`;
  const waitMs = (row?.full_at.getTime() ?? now) - last.getTime();
  return { allowed: false, retryAfterMs: Math.max(1, Math.ceil(waitMs)) };
}

/** Takes one token, or throws `too_many_requests` with the time until there is one. */
export async function takeFromBucket(sql: Sql, name: string, limit: BucketLimit, now: number): Promise<void> {
  const { allowed, retryAfterMs } = await leaseFromBucket(sql, name, limit, { count: 1, now });
  if (!allowed) throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs });
}

/** A bucket that is full is as good as none. */
export const sweepBuckets = (sql: Sql, now: number) => sql`delete from rate_bucket where full_at <= ${new Date(now)}`;

/** What was taken and turned out to be owed to nobody. */
export const giveBack = (sql: Sql, name: string, { refillMs }: BucketLimit) =>
  sql`update rate_bucket set full_at = full_at - ${`${refillMs} milliseconds`}::interval where name = ${name}`;
