import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { clusterUrl, removeFolder } from "./cluster.ts";
import type { Database } from "./database.ts";
import { openDatabase } from "./pool.ts";
import { findPostgres } from "./postgres-program.ts";
import { startTestPostmaster } from "./test-postmaster.ts";
import { copyMigratedCluster, TEST_PASSWORD } from "./test-template.ts";

/**
 * Speed instead of safety: a test never outlives a power cut. Time limits and commit rules stay those of the application. No autovacuum: its
 * analysis is a transaction that holds the horizon back for a moment, and a test that reads one page then misses what is there. A socket in the
 * cluster's folder: half the work of a connection over TCP, and it goes with the folder.
 */
const TEST_SETTINGS = { autovacuum: "off", fsync: "off", full_page_writes: "off", shared_buffers: "32MB", unix_socket_directories: ".", max_wal_size: "256MB" };

/** A fresh cluster in a temporary folder, migrated; removed by `drop` and at the end of the process, however it ends. */
export async function createTestDatabase(settings: Readonly<Record<string, string>> = {}): Promise<{ database: Database; url: string; drop(): Promise<void> }> {
  const program = await findPostgres();
  const folder = join(tmpdir(), `mochila-test-${randomBytes(6).toString("hex")}`);
  await copyMigratedCluster(program, folder);
  const { port, stop } = await startTestPostmaster(program, { folder, end: "remove", settings: { ...TEST_SETTINGS, ...settings } });
  const url = clusterUrl(port, TEST_PASSWORD);
  const database = openDatabase(url, { socket: join(folder, `.s.PGSQL.${port}`) });
  const drop = async () => {
    await database.close();
    await stop();
    await removeFolder(folder);
  };
  return { database, url, drop };
}

/** The same database through one connection that tells of every statement. */
export function openTold(url: string, tell: (statement: string) => void): Database {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, debug: (_, statement) => tell(statement) });
  return { sql, transaction: (work) => sql.begin(work) as never, unbounded: (work) => work(), close: () => sql.end() };
}

/** The same database for a process that dies when it is told to: whatever it is at then is never committed. */
export function mortal(database: Database): { readonly database: Database; kill(): void } {
  let dead = false;
  const transaction: Database["transaction"] = (work) =>
    database.transaction(async (running) => {
      const result = await work(running);
      if (dead) throw new Error("the process has died");
      return result;
    });
  return { database: { ...database, sql: database.sql, transaction }, kill: () => void (dead = true) };
}
