import type { Database, Sql } from "../db/database.ts";
import { onLongConnection } from "../db/long-connection.ts";

/** Any constant: of one school one backup is made at a time. */
const LOCK = 7_203_427;

/** Runs `work` while nobody else makes a backup of this school. Throws when another one is being made. */
export const asOnlyBackup = <Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  onLongConnection(database, async (sql) => {
    const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as taken`;
    if (!lock?.taken) throw new Error("Another backup of this school is being made.");
    return work(sql);
  });

/**
 * Runs `work` on one moment of the whole database, however long it takes, while the school goes on. It only reads, so it takes no number of a transaction,
 * and nobody's feed waits for it; rows that are replaced meanwhile stay on the disk until it ends.
 */
export async function inSnapshot<Result>(sql: Sql, work: () => Promise<Result>): Promise<Result> {
  await sql`begin isolation level repeatable read, read only`;
  const result = await work();
  await sql`commit`;
  return result;
}
