import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import type { ActivityRow, SealedBatch } from "@mochila/shared/activity/row.ts";

/** `2026-11-22 17:30:00.123`, UTC: the form that every version of the engine reads without settings. */
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "");

/** In the order of `toValues`: a row is an array, because names in every row are half of its bytes. */
const COLUMNS =
  "event_id, course_id, day, user_id, item_id, verb, lang, visit, part, duration_ms, device_at_ms, happened_at, received_at, clock_jump, stream_id, stream_seq";

function toValues(row: ActivityRow): readonly unknown[] {
  const happenedAt = instant(row.happenedAt);
  return [
    row.eventId, row.courseId, happenedAt.slice(0, 10), row.userId, row.itemId, row.verb, row.lang ?? "", row.visit, row.part, row.durationMs,
    row.deviceAt, happenedAt, instant(row.receivedAt), row.clockJump, row.streamId, row.streamSeq,
  ];
}

/** Rows that are written as text in one go: the server answers others in between. */
const ROWS_PER_CHUNK = 500;

function* toLines(rows: readonly ActivityRow[]): Generator<Buffer> {
  for (let from = 0; from < rows.length; from += ROWS_PER_CHUNK) {
    const lines = rows.slice(from, from + ROWS_PER_CHUNK).map((row) => JSON.stringify(toValues(row)));
    yield Buffer.from(`${lines.join("\n")}\n`);
  }
}

/**
 * One sealed batch, one insert. The failure that the settings prevent: (1) the insert succeeds and its answer is lost, or the process
 * dies between the table and one of its rollups; (2) the same batch is sent again; (3) the table drops it by its token, and each rollup
 * decides for itself whether it has this token already, so that the missing ones are filled and the others stay.
 */
export async function ingestBatch(client: ClickHouseClient, batch: SealedBatch): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO activity_event (${COLUMNS}) FORMAT JSONCompactEachRow`,
    values: Readable.from(toLines(batch.rows), { objectMode: false }),
    clickhouse_settings: {
      async_insert: 0,
      insert_deduplicate: 1,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      insert_deduplication_token: batch.id,
      // A batch is one block: the tokens of its parts cannot differ between two tries.
      max_insert_block_size: "1048576",
      // The answer comes after the rows are stored, also from a server that would begin it earlier.
      wait_end_of_query: 1,
    },
  });
  // An answer has no content; an unread one would hold its connection.
  await finished(stream.resume());
}
