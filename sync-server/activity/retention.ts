import type { Database } from "../db/database.ts";

/** A device keeps what it sent for 7 days and may offer it again; ClickHouse may need to be filled once more. */
export const KEPT_DAYS = 14;
/** A device that was away longer begins a new stream. */
const STREAM_KEPT_DAYS = 400;
/** A short transaction: a long one would hold back everyone's feed. */
const ROWS_PER_STATEMENT = 5_000;

const daysBefore = (now: number, days: number): Date => new Date(now - days * 86_400_000);

/** Removes events that are counted and older than 14 days, in short statements. Returns how many. What is not counted stays for ever. */
export async function sweepCounted(database: Database, now: number): Promise<number> {
  const before = daysBefore(now, KEPT_DAYS);
  let removed = 0;
  for (;;) {
    const { count } = await database.sql`
      with counted as (select to_xid, to_seq from ch_batch where done_at is not null order by number desc limit 1),
      oldest as (
        select r.xid, r.seq, r.received_at from event_raw r, counted
        where (r.xid, r.seq) <= (counted.to_xid, counted.to_seq) order by r.xid, r.seq limit ${ROWS_PER_STATEMENT}
      )
      delete from event_raw using oldest where event_raw.xid = oldest.xid and event_raw.seq = oldest.seq and oldest.received_at < ${before}`;
    removed += count;
    if (count < ROWS_PER_STATEMENT) break;
  }
  // The last batch is where the next one begins.
  await database.sql`delete from ch_batch where done_at < ${before} and number < (select max(number) from ch_batch)`;
  await database.sql`delete from event_stream where last_received_at < ${daysBefore(now, STREAM_KEPT_DAYS)}`;
  return removed;
}
