import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { clusterUrl, exitOf, freePort, makeApplicationDatabase, makeCluster, newPassword, readPostmaster, removeFolder, startPostmaster } from "./cluster.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./pool.ts";
import { findPostgres } from "./postgres-program.ts";

/**
 * A guard between us and the postmaster, so that nothing stays behind however a test ends: its standard input is our pipe, which
 * the system closes even when we are killed with signal 9. Then it stops PostgreSQL at once and removes the folder.
 */
const GUARD = `folder=$1; shift; "$@" & postmaster=$!; cat >/dev/null; kill -QUIT $postmaster; wait $postmaster; cd /; rm -rf "$folder"`;

/**
 * Speed instead of safety: a test never outlives a power cut. Time limits and commit rules stay those of the application. No autovacuum: its
 * analysis is a transaction that holds the horizon back for a moment, and a test that reads one page then misses what is there. A socket in the
 * cluster's folder: half the work of a connection over TCP, and it goes with the folder.
 */
const TEST_SETTINGS = { autovacuum: "off", fsync: "off", full_page_writes: "off", shared_buffers: "32MB", unix_socket_directories: ".", max_wal_size: "256MB" };

const START_POLL_MS = 10;
const START_POLLS_MAX = 3_000;

/** A fresh cluster in a temporary folder, migrated; removed by `drop` and at the end of the process, however it ends. */
export async function createTestDatabase(settings: Readonly<Record<string, string>> = {}): Promise<{ database: Database; url: string; drop(): Promise<void> }> {
  const program = await findPostgres();
  const folder = join(tmpdir(), `mochila-test-${randomBytes(6).toString("hex")}`);
  const password = newPassword();
  await makeCluster(program, { folder, password, flags: ["--no-sync"] });
  const port = await freePort();
  const under = ["/bin/sh", "-c", GUARD, "guard", folder] as const;
  const guard = startPostmaster(program, { folder, port, stdio: ["pipe", "ignore", "ignore"], settings: { ...TEST_SETTINGS, ...settings }, under: [...under] });
  const ended = exitOf(guard);
  // Neither the process nor its pipe keeps a test runner from ending.
  guard.unref();
  (guard.stdin as Socket | null)?.unref();
  for (let polls = 0; !(await readPostmaster(folder))?.ready; polls += 1) {
    if (polls >= START_POLLS_MAX || guard.exitCode !== null) throw new Error("the test cluster did not start");
    await pause(START_POLL_MS);
  }
  await makeApplicationDatabase(port, password);
  const url = clusterUrl(port, password);
  const database = openDatabase(url, { socket: join(folder, `.s.PGSQL.${port}`) });
  await migrate(database);
  const drop = async () => {
    await database.close();
    guard.ref();
    guard.stdin?.end();
    await ended;
    await removeFolder(folder);
  };
  return { database, url, drop };
}

/** The same database through one connection that tells of every statement. */
export function openTold(url: string, tell: (statement: string) => void): Database {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, debug: (_, statement) => tell(statement) });
  return { sql, transaction: (work) => sql.begin(work) as never, unbounded: (work) => work(), close: () => sql.end() };
}
