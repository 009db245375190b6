import type { ClickHouseClient } from "@clickhouse/client";
import type { PersonEvent } from "@mochila/shared/activity/person-event.ts";

/** By course, which the table is ordered by; the person's own courses are few. Twice the same event is once. */
const OF_PERSON = `
  SELECT event_id AS id, course_id AS courseId, item_id AS itemId, verb, nullIf(lang, '') AS lang, duration_ms AS durationMs,
    toUnixTimestamp64Milli(happened_at) AS happenedAt, toUnixTimestamp64Milli(received_at) AS receivedAt
  FROM activity_event FINAL
  WHERE course_id IN {courseIds: Array(UUID)} AND user_id = {userId: UUID}
  ORDER BY happened_at, event_id`;

const limits = { max_memory_usage: String(512 * 1024 * 1024), max_threads: 1, output_format_json_quote_64bit_integers: 0 } as const;

/** Streamed: a diligent person has hundreds of thousands. */
export async function* readPersonEvents(client: ClickHouseClient, query: { readonly userId: string; readonly courseIds: readonly string[] }): AsyncGenerator<readonly PersonEvent[]> {
  if (query.courseIds.length === 0) return;
  const answer = await client.query({ query: OF_PERSON, query_params: { ...query }, format: "JSONEachRow", clickhouse_settings: limits });
  for await (const rows of answer.stream<PersonEvent>()) yield rows.map((row) => row.json());
}
