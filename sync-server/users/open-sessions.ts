import type { Sql } from "../db/database.ts";

/** Which of these sessions are open now, of people who may still sign in. */
export async function openSessions(sql: Sql, sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`select id::text as id from open_session where id = any(${[...sessionIds]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}
