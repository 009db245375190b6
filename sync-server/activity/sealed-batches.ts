import { createHash } from "node:crypto";
import type { Verb } from "@mochila/shared/activity/event.ts";
import type { ActivityRow } from "@mochila/shared/activity/row.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Sql } from "../db/database.ts";

/** One insert into ClickHouse: large enough to be cheap, small enough to hold in memory (about 10 MB). */
export const BATCH_ROWS_MAX = 10_000;

/** Rows with from < (xid, seq) <= to: nothing can join the range any more, because every transaction below the horizon has ended. */
export interface BatchRange {
  readonly id: string;
  readonly fromXid: string;
  readonly fromSeq: string;
  readonly toXid: string;
  readonly toSeq: string;
  readonly rowCount: number;
  readonly hash: Buffer;
}

/** A batch with the rows that were read to seal it, so that its first try reads nothing again. */
export interface FreshBatch extends BatchRange {
  readonly rows: readonly ActivityRow[];
}

const hashOf = (eventIds: readonly string[]): Buffer => createHash("sha256").update(eventIds.join("\n")).digest();

/** The batch that was sealed and not yet counted: it is sent again before anything else. */
export async function openBatch(sql: Sql): Promise<BatchRange | null> {
  const [row] = await sql<BatchRange[]>`
    select id, from_xid::text as "fromXid", from_seq::text as "fromSeq", to_xid::text as "toXid", to_seq::text as "toSeq", row_count as "rowCount", hash
    from ch_batch where done_at is null order by number limit 1`;
  return row ?? null;
}

/**
 * Seals what came after the last batch, up to the horizon (SYNC.md B.1): a row whose transaction is still open, and every row after it,
 * waits for the next batch. Null: nothing to seal. The begin is unique, so two forwarders never seal the same rows twice.
 */
export async function sealNextBatch(sql: Sql, { id, sealedAt }: { id: string; sealedAt: Date }): Promise<FreshBatch | null> {
  const [last] = await sql<{ xid: string; seq: string }[]>`select to_xid::text as xid, to_seq::text as seq from ch_batch order by number desc limit 1`;
  const from = last ?? { xid: "0", seq: "0" };
  // The texts have names of their own: `order by` takes a result's name before a column's, and as texts 10 comes before 9.
  const rows = await sql<(StoredEvent & { toXid: string; toSeq: string })[]>`
    select xid::text as "toXid", seq::text as "toSeq", ${columns(sql)} from event_raw
    where (xid, seq) > (${from.xid}::xid8, ${from.seq}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, seq limit ${BATCH_ROWS_MAX}`;
  const end = rows.at(-1);
  if (!end) return null;
  const batch: FreshBatch = {
    rows: rows.map(toActivityRow),
    id, fromXid: from.xid, fromSeq: from.seq, toXid: end.toXid, toSeq: end.toSeq, rowCount: rows.length, hash: hashOf(rows.map((row) => row.event_id)),
  };
  const sealed = await sql`
    insert into ch_batch (id, from_xid, from_seq, to_xid, to_seq, row_count, hash, sealed_at)
    values (${id}, ${batch.fromXid}, ${batch.fromSeq}, ${batch.toXid}, ${batch.toSeq}, ${batch.rowCount}, ${batch.hash}, ${sealedAt})
    on conflict (from_xid, from_seq) do nothing returning number`;
  return sealed.length === 1 ? batch : null;
}

interface StoredEvent {
  readonly event_id: string;
  readonly user_id: string;
  readonly course_id: string;
  readonly item_id: string | null;
  readonly stream_id: string;
  readonly stream_seq: string;
  readonly verb: string;
  readonly lang: string | null;
  readonly visit: string | null;
  readonly part: number | null;
  readonly duration_ms: string;
  readonly device_at_ms: string;
  readonly happened_at: Date;
  readonly received_at: Date;
  readonly clock_jump: boolean;
}

const columns = (sql: Sql) =>
  sql`event_id, user_id, course_id, item_id, stream_id, stream_seq, verb, lang, visit, part, duration_ms, device_at_ms, happened_at, received_at, clock_jump`;

const toActivityRow = (event: StoredEvent): ActivityRow => ({
  eventId: event.event_id,
  userId: event.user_id,
  courseId: event.course_id,
  itemId: event.item_id,
  streamId: event.stream_id,
  streamSeq: Number(event.stream_seq),
  // Written by the intake only, after its schema was checked.
  verb: event.verb as Verb,
  lang: event.lang,
  visit: event.visit,
  part: event.part,
  durationMs: Number(event.duration_ms),
  deviceAt: Number(event.device_at_ms),
  happenedAt: event.happened_at.getTime(),
  receivedAt: event.received_at.getTime(),
  clockJump: event.clock_jump,
});

/** The rows of a sealed batch, the same in the same order every time. Throws InvariantError when they are not those that were sealed. */
export async function readBatchRows(sql: Sql, range: BatchRange): Promise<ActivityRow[]> {
  const events = await sql<StoredEvent[]>`
    select ${columns(sql)} from event_raw
    where (xid, seq) > (${range.fromXid}::xid8, ${range.fromSeq}::bigint) and (xid, seq) <= (${range.toXid}::xid8, ${range.toSeq}::bigint)
    order by xid, seq`;
  assert(events.length === range.rowCount && hashOf(events.map((event) => event.event_id)).equals(range.hash), `the rows of batch ${range.id} changed after it was sealed`);
  return events.map(toActivityRow);
}

export async function markCounted(sql: Sql, id: string, at: Date): Promise<void> {
  await sql`update ch_batch set done_at = ${at} where id = ${id}`;
}

/** A report says how much is missing from it; counting further would only cost time. */
const WAITING_COUNTED_MAX = 1_000_000;

/** Events that are accepted and not yet counted, of one course or of all. */
export async function countWaiting(sql: Sql, courseId: string | null = null): Promise<number> {
  const [row] = await sql<{ waiting: number }[]>`
    with counted as (
      select to_xid, to_seq from (select to_xid, to_seq, number from ch_batch where done_at is not null union all select '0'::xid8, 0, 0) as b order by number desc limit 1
    )
    select count(*)::int as waiting from (
      select 1 from event_raw, counted
      where (xid, seq) > (counted.to_xid, counted.to_seq) and (${courseId}::uuid is null or course_id = ${courseId}::uuid)
      limit ${WAITING_COUNTED_MAX}
    ) as rest`;
  return row?.waiting ?? 0;
}
