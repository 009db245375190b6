import { EVENT_COLUMNS } from "@mochila/shared/activity/row.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Sql } from "../db/database.ts";

/** One insert into ClickHouse: large enough to be cheap, small enough to hold twice in memory (3 MB). */
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

/** What a batch will hold, read and not yet sealed. */
export interface UnsealedBatch extends Omit<BatchRange, "id"> {
  readonly lines: string;
}

/** A batch with the lines that were read to seal it, so that its first try reads nothing again. */
export type FreshBatch = BatchRange & UnsealedBatch;

/** The batch that was sealed and not yet counted: it is sent again before anything else. */
export async function openBatch(sql: Sql): Promise<BatchRange | null> {
  const [row] = await sql<BatchRange[]>`
    select id, from_xid::text as "fromXid", from_seq::text as "fromSeq", to_xid::text as "toXid", to_seq::text as "toSeq", row_count as "rowCount", hash
    from ch_batch where done_at is null order by number limit 1`;
  return row ?? null;
}

/**
 * Reads what came after a place, the end of the last batch if none is named, up to the horizon (SYNC.md B.1): a row whose transaction is
 * still open, and every row after it, waits for the next batch. What was read stays as it is: nothing can join it. Null: nothing is there.
 */
export async function readNextBatch(sql: Sql, after?: Pick<BatchRange, "toXid" | "toSeq">): Promise<UnsealedBatch | null> {
  const [last] = after ? [after] : await sql<Pick<BatchRange, "toXid" | "toSeq">[]>`select to_xid::text as "toXid", to_seq::text as "toSeq" from ch_batch order by number desc limit 1`;
  const from = { fromXid: last?.toXid ?? "0", fromSeq: last?.toSeq ?? "0" };
  const [read] = await sql<(Content & Pick<BatchRange, "toXid" | "toSeq">)[]>`
    with events as materialized (
      select xid, seq, event_id, ${line(sql)} as line from event_raw
      where (xid, seq) > (${from.fromXid}::xid8, ${from.fromSeq}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by xid, seq limit ${BATCH_ROWS_MAX}),
    last as (select xid, seq from events order by xid desc, seq desc limit 1)
    select last.xid::text as "toXid", last.seq::text as "toSeq", content.* from last, (${content(sql)}) as content`;
  return read ? { ...from, ...read } : null;
}

/** Null: somebody sealed from this place already. The begin is unique, so two forwarders never seal the same rows twice. */
export async function sealBatch(sql: Sql, batch: UnsealedBatch, { id, sealedAt }: { id: string; sealedAt: Date }): Promise<FreshBatch | null> {
  const sealed = await sql`
    insert into ch_batch (id, from_xid, from_seq, to_xid, to_seq, row_count, hash, sealed_at)
    values (${id}, ${batch.fromXid}, ${batch.fromSeq}, ${batch.toXid}, ${batch.toSeq}, ${batch.rowCount}, ${batch.hash}, ${sealedAt})
    on conflict (from_xid, from_seq) do nothing returning number`;
  return sealed.length === 1 ? { ...batch, id } : null;
}

interface Content {
  readonly rowCount: number;
  readonly hash: Buffer;
  readonly lines: string;
}

/** Of rows named `events`: as many lines, the hash of their ids, and the lines, all in their order. */
const content = (sql: Sql) => sql`
  select count(*)::int as "rowCount", sha256(convert_to(string_agg(event_id::text, e'\n' order by xid, seq), 'UTF8')) as hash, string_agg(line, e'\n' order by xid, seq) as lines
  from events`;

/** One for each column of a line, so that none is forgotten. Ids, figures, times and words of closed lists: nothing in it has to be escaped. */
const COLUMNS: Record<(typeof EVENT_COLUMNS)[number], string> = {
  event_id: "event_id",
  course_id: "course_id",
  day: "(happened_at at time zone 'UTC')::date",
  user_id: "user_id",
  item_id: "item_id",
  verb: "verb",
  lang: "coalesce(lang, '')",
  visit: "visit",
  part: "part",
  duration_ms: "duration_ms",
  device_at_ms: "device_at_ms",
  happened_at: "happened_at at time zone 'UTC'",
  received_at: "received_at at time zone 'UTC'",
  clock_jump: "clock_jump",
  stream_id: "stream_id",
  stream_seq: "stream_seq",
};
const LINE = `concat_ws(e'\\t', ${EVENT_COLUMNS.map((column) => `coalesce((${COLUMNS[column]})::text, e'\\\\N')`).join(", ")})`;
const line = (sql: Sql) => sql.unsafe(LINE);

/** The lines of a sealed batch, the same in the same order every time. Throws InvariantError when they are not those that were sealed. */
export async function readSealedLines(sql: Sql, range: BatchRange): Promise<string> {
  const [read] = await sql<Content[]>`
    with events as materialized (
      select xid, seq, event_id, ${line(sql)} as line from event_raw
      where (xid, seq) > (${range.fromXid}::xid8, ${range.fromSeq}::bigint) and (xid, seq) <= (${range.toXid}::xid8, ${range.toSeq}::bigint))
    ${content(sql)}`;
  assert(read && read.rowCount === range.rowCount && read.hash.equals(range.hash), `the rows of batch ${range.id} changed after it was sealed`);
  return read.lines;
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
