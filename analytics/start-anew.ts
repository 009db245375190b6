import type { ClickHouseClient } from "@clickhouse/client";
import { EVENT_COLUMNS } from "@mochila/shared/activity/row.ts";
import { migrateAnalytics, schemaNames } from "./migrate.ts";

const EVENTS = "activity_event";

/**
 * Counts anew, because the history that was counted has ended (a restore). The events are kept aside under another name, once: after a kill in between, the same call goes on.
 * Those that were received before `before` (milliseconds since 1970) are taken from there, because nobody else holds them any more; the rest comes from PostgreSQL.
 */
export async function startAnew(client: ClickHouseClient, { name, before }: { name: string; before: number }): Promise<void> {
  const aside = `${EVENTS}_before_${name}`;
  const { views, tables } = await schemaNames();
  for (const view of views) await client.command({ query: `DROP VIEW IF EXISTS ${view} SYNC` });
  for (const table of tables) if (table !== EVENTS) await client.command({ query: `DROP TABLE IF EXISTS ${table} SYNC` });
  const kept = await client.query({ query: "SELECT count() AS count FROM system.tables WHERE database = currentDatabase() AND name = {aside:String}", query_params: { aside }, format: "JSONEachRow" });
  const [{ count } = { count: "0" }] = await kept.json<{ count: string }>();
  await client.command({ query: Number(count) === 0 ? `RENAME TABLE ${EVENTS} TO ${aside}` : `DROP TABLE IF EXISTS ${EVENTS} SYNC` });
  await migrateAnalytics(client);
  const columns = EVENT_COLUMNS.join(", ");
  // FINAL: an event that a retry had stored twice is one.
  await client.command({ query: `INSERT INTO ${EVENTS} (${columns}) SELECT ${columns} FROM ${aside} FINAL WHERE received_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`, query_params: { before }, clickhouse_settings: { insert_deduplicate: 0, wait_end_of_query: 1 } });
}
