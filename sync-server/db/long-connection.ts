import type { Database, Sql } from "./database.ts";

/** Of application connections; what is done once, or by an administrator, may take minutes. */
const UNBOUNDED = { statement_timeout: "0", transaction_timeout: "0", idle_in_transaction_session_timeout: "0" };

/** Runs `work` on one connection with these settings. What it still holds at the end is given back: an open transaction, advisory locks, settings. */
async function onConnection<Result>(database: Database, settings: Readonly<Record<string, string>>, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = await database.sql.reserve();
  try {
    for (const [name, value] of Object.entries(settings)) await sql`select set_config(${name}, ${value}, false)`;
    return await work(sql);
  } finally {
    await sql`rollback`.catch(() => undefined);
    await sql`select pg_advisory_unlock_all()`.catch(() => undefined);
    await sql`reset all`.catch(() => undefined);
    sql.release();
  }
}

/** Without bounds of time. */
export const onLongConnection = <Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> => database.unbounded(() => onConnection(database, UNBOUNDED, work));

/**
 * For reading many rows portion by portion while the server serves: reading holds back no feed, so all portions together may take `milliseconds`. Each alone keeps
 * the bound of a statement, and a connection that died is noticed.
 */
export const onReadingConnection = <Result>(database: Database, milliseconds: number, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  onConnection(database, { transaction_timeout: String(milliseconds), default_transaction_read_only: "on" }, work);
