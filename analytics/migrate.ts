import { readFile } from "node:fs/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { InvariantError } from "@mochila/shared/kernel/assert.ts";

/** In this order: a view needs its source and its target. */
const SCHEMA = ["./activity/table.sql", "./course-activity/rollup.sql"];

/** Insert tokens that each table remembers. At one batch a second nearly three hours; only the newest batch is ever sent again. */
const DEDUPLICATION_WINDOW_MIN = 10_000;

/** Statements of a file; comments run to the end of their line, and no text in our files holds a semicolon. */
const statementsOf = (file: string): string[] =>
  file
    .replaceAll(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");

const readSchema = async (): Promise<string[]> => (await Promise.all(SCHEMA.map((file) => readFile(new URL(file, import.meta.url), "utf8")))).flatMap(statementsOf);

/** What the schema makes, by name. */
export async function schemaNames(): Promise<{ readonly tables: readonly string[]; readonly views: readonly string[] }> {
  const statements = await readSchema();
  const named = (kind: string) => statements.flatMap((statement) => new RegExp(`^CREATE ${kind} IF NOT EXISTS (\\w+)`).exec(statement)?.[1] ?? []);
  return { tables: named("TABLE"), views: named("MATERIALIZED VIEW") };
}

/** Makes what is missing. Safe to run at every start and after a kill at any moment. */
export async function migrateAnalytics(client: ClickHouseClient): Promise<void> {
  for (const query of await readSchema()) await client.command({ query });
  await requireDeduplication(client);
}

/**
 * Refuses a database in which a retried insert could count twice (DECISIONS 25): every table that stores rows, rollups too, must
 * remember the tokens of its inserts. Throws InvariantError with the names of those that do not.
 */
export async function requireDeduplication(client: ClickHouseClient): Promise<void> {
  const answer = await client.query({
    query: "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND engine NOT LIKE 'Replicated%'",
    format: "JSONEachRow",
  });
  const tables = await answer.json<{ name: string; engine_full: string }>();
  const forgetful = tables.filter(
    ({ engine_full }) => Number(/\bnon_replicated_deduplication_window = (\d+)/.exec(engine_full)?.[1] ?? 0) < DEDUPLICATION_WINDOW_MIN,
  );
  if (forgetful.length > 0) {
    const names = forgetful.map(({ name }) => name).join(", ");
    throw new InvariantError(`without non_replicated_deduplication_window >= ${DEDUPLICATION_WINDOW_MIN} a retried batch counts twice: ${names}`);
  }
}
