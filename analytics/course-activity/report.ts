import type { ClickHouseClient } from "@clickhouse/client";
import type { CourseFigures, FiguresQuery } from "@mochila/shared/reports/course-figures.ts";

/** A report never takes the machine from those who write. */
const limits = { prefer_column_name_to_alias: 1, max_execution_time: 10, max_memory_usage: String(512 * 1024 * 1024), output_format_json_quote_64bit_integers: 0 } as const;

const IN_PERIOD = "day >= {fromDay: Date} AND day <= {toDay: Date}";

// Figures are about those who study. The others of a course are few, so that they are named rather than the students.
const STUDIES = "NOT has({notStudents: Array(UUID)}, user_id)";

// Inside, a row is one person's day: different people complete different things, so that their counts add up.
const BY_DAY = `
  SELECT toString(day) AS day, sum(events) AS events, count() AS people, sum(duration_ms) AS durationMs, sum(completed) AS completed
  FROM (
    SELECT day, user_id, sum(events) AS events, sum(duration_ms) AS duration_ms, uniqExactIfMerge(completed) AS completed
    FROM course_by_person WHERE course_id = {courseId: UUID} AND ${IN_PERIOD} AND ${STUDIES}
    GROUP BY day, user_id)
  GROUP BY day ORDER BY day`;

// Everybody ever seen, so that "not seen since" has an answer; sums of the period only.
const BY_PERSON = `
  SELECT user_id AS userId, toUnixTimestamp64Milli(max(last_seen_at)) AS lastSeenAt, sumIf(events, ${IN_PERIOD}) AS events,
    sumIf(duration_ms, ${IN_PERIOD}) AS durationMs, uniqExactIfMergeIf(completed, ${IN_PERIOD}) AS completed
  FROM course_by_person WHERE course_id = {courseId: UUID} AND ${STUDIES}
  GROUP BY user_id ORDER BY user_id`;

const BY_ITEM = `
  SELECT item_id AS itemId, sum(duration_ms) AS durationMs, uniqExact(user_id) AS people, sum(opened) AS opened,
    uniqExactIf(user_id, completed = 1) AS completed, sum(solutions) AS solutions
  FROM course_by_item_and_person WHERE course_id = {courseId: UUID} AND ${IN_PERIOD} AND ${STUDIES}
  GROUP BY item_id ORDER BY durationMs DESC, item_id`;

const NEWEST = `
  SELECT toUnixTimestamp64Milli(max(received_at)) AS asOf, count() AS parts, sumIf(events, ${IN_PERIOD}) AS events
  FROM course_by_day WHERE course_id = {courseId: UUID}`;

interface Timed {
  readonly durationMs: number;
}
const withSeconds = <Row extends Timed>({ durationMs, ...row }: Row): Omit<Row, "durationMs"> & { seconds: number } => ({ ...row, seconds: durationMs / 1000 });

/** Exact figures of one course: sums of integers and exact sets, from rollups that count each event once. */
export async function readCourseFigures(client: ClickHouseClient, query: FiguresQuery): Promise<CourseFigures> {
  const ask = async <Row>(statement: string): Promise<Row[]> => {
    const answer = await client.query({ query: statement, query_params: { ...query }, format: "JSONEachRow", clickhouse_settings: limits });
    return answer.json<Row>();
  };
  const [days, people, items, newest] = await Promise.all([
    ask<Omit<CourseFigures["days"][number], "seconds"> & Timed>(BY_DAY),
    ask<Omit<CourseFigures["people"][number], "seconds"> & Timed>(BY_PERSON),
    ask<Omit<CourseFigures["items"][number], "seconds"> & Timed>(BY_ITEM),
    ask<{ asOf: number; parts: number; events: number }>(NEWEST),
  ]);
  return {
    asOf: newest[0] && newest[0].parts > 0 ? newest[0].asOf : null,
    counted: { events: newest[0]?.events ?? 0 },
    days: days.map(withSeconds),
    people: people.map(withSeconds),
    items: items.map(withSeconds),
  };
}
