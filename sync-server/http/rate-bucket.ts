import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";

/** `size` at once after a quiet time, then one each `refillMs`. */
export interface BucketLimit {
  readonly size: number;
  readonly refillMs: number;
}

/**
 * Takes one token of a bucket that every instance shares; one statement, so that of many at once exactly `size` pass. Throws `too_many_requests` with the
 * time until there is one. Names hold no more than their hash would tell: they live for hours, in a table that is not logged.
 */
export async function takeFromBucket(sql: Sql, name: string, { size, refillMs }: BucketLimit, now: number): Promise<void> {
  const [at, full] = [new Date(now), new Date(now + refillMs)];
  const last = new Date(now + (size - 1) * refillMs);
  const [taken] = await sql`
    insert into rate_bucket as bucket (name, full_at) values (${name}, ${full})
    on conflict (name) do update set full_at = greatest(bucket.full_at, ${at}) + ${`${refillMs} milliseconds`}::interval where bucket.full_at <= ${last}
    returning 1`;
  if (taken) return;
  const [row] = await sql<{ full_at: Date }[]>`select full_at from rate_bucket where name = ${name}`;
  const waitMs = (row?.full_at.getTime() ?? now) - last.getTime();
  throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs: Math.max(1, waitMs) });
}

/** A bucket that is full is as good as none. */
export const sweepBuckets = (sql: Sql, now: number) => sql`delete from rate_bucket where full_at <= ${new Date(now)}`;
