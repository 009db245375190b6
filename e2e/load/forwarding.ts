import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { EngineSupervisor } from "@mochila/analytics/embedded/supervisor.ts";
import { openAnalytics } from "@mochila/analytics/engine.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import { Forwarder } from "@mochila/sync-server/activity/forwarder.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { silentLog } from "@mochila/sync-server/log.ts";

const POLL_MS = 5;

export interface Store {
  readonly analytics: Analytics;
  readonly client: ClickHouseClient;
  close(): Promise<void>;
}

/** The embedded engine with two roads to it: ours, and a client by itself. */
export async function openStore(): Promise<Store> {
  const dataDir = await mkdtemp(join(tmpdir(), "mochila-bench-"));
  const engine = new EngineSupervisor({ dataDir, random: systemRandom, log: silentLog });
  engine.start();
  while (engine.state.kind === "starting") await pause(POLL_MS);
  if (engine.state.kind !== "running") throw new Error(`there is no engine here: ${engine.state.kind}`);
  const login = { url: engine.state.url, username: "mochila", password: engine.state.password };
  const maker = createClient(login);
  await maker.command({ query: "CREATE DATABASE IF NOT EXISTS mochila" });
  await maker.close();
  const { host } = new URL(login.url);
  const analytics = await openAnalytics({ url: `http://${login.username}:${login.password}@${host}/mochila`, dataDir, random: systemRandom, log: silentLog });
  while (analytics.state().kind !== "ready") await pause(POLL_MS);
  const client = createClient({ ...login, database: "mochila" });
  return {
    analytics, client,
    close: async () => {
      await client.close();
      await analytics.stop();
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Forwards what waits, at least so many batches. Rows a second, from the first look at what waits until the last is marked as counted. */
export async function forward(database: Database, { analytics }: Store, batches: number): Promise<number> {
  const countedRows = async () => {
    const [row] = await database.sql<{ batches: number; rows: number }[]>`select count(*)::int as batches, coalesce(sum(row_count), 0)::int as rows from ch_batch where done_at is not null`;
    return row ?? { batches: 0, rows: 0 };
  };
  const before = await countedRows();
  const forwarder = new Forwarder({ database, analytics, clock: systemClock, random: systemRandom, log: silentLog });
  const started = performance.now();
  forwarder.start();
  while ((await countedRows()).batches < before.batches + batches) await pause(POLL_MS);
  await forwarder.stop();
  const seconds = (performance.now() - started) / 1_000;
  return ((await countedRows()).rows - before.rows) / seconds;
}

/** The rows of so many batches, as the table holds them, for the bare client. */
export async function readRows(client: ClickHouseClient, count: number): Promise<object[]> {
  await client.command({ query: "CREATE TABLE IF NOT EXISTS bare_event AS activity_event" });
  return (await client.query({ query: `SELECT * FROM activity_event LIMIT ${count}`, format: "JSONEachRow" })).json<object>();
}

/** Rows a second. A table of the same form, with nothing counted beside it. */
export async function insertBare(client: ClickHouseClient, batches: readonly object[][]): Promise<number> {
  await client.command({ query: "TRUNCATE TABLE bare_event" });
  const before = performance.now();
  for (const values of batches) await client.insert({ table: "bare_event", values, format: "JSONEachRow" });
  return (batches.flat().length * 1_000) / (performance.now() - before);
}
