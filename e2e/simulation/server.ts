import { courseStanding } from "@mochila/sync-server/courses/course-standing.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import type { Sync } from "@mochila/sync-server/sync/sync.ts";
import { createTestSchool } from "@mochila/sync-server/sync/test-school.ts";
import { makeBackupTables } from "./backup.ts";
import { withGates } from "./held-pull.ts";

/** The real core of the server on a cluster of its own; schools of many seeds follow one another in it. */
export interface Server {
  readonly database: Database;
  /** A program that has just been started: what it remembers of the feed is of one seed. */
  start(): Promise<Sync>;
  /** Removes all schools: a seed that ran may run again, with the same ids. */
  forget(): Promise<void>;
  drop(): Promise<void>;
}

/** Nothing here outlives the process, and plans are those of a large school, made once. What is answered does not depend on any of it. */
const SETTINGS = { synchronous_commit: "off", wal_level: "minimal", max_wal_senders: "0", bgwriter_lru_maxpages: "0", checkpoint_timeout: "1d", jit: "off", enable_seqscan: "off", update_process_title: "off", track_counts: "off", plan_cache_mode: "force_generic_plan" };

export async function startServer(): Promise<Server> {
  const { database, drop } = await createTestDatabase(SETTINGS);
  await makeBackupTables(database);
  const start = async () => (await createTestSchool(withGates(database), { serverRules: [courseStanding] })).sync;
  const { sql } = database;
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' and (tablename like 'doc\\_%' or tablename in ('person', 'scope', 'scope_doc', 'user_scope', 'applied_rev', 'push_reject'))`;
  const forget = async () => {
    await sql`truncate ${sql(tables.map(({ name }) => name))} cascade`;
  };
  return { database, start, forget, drop };
}
