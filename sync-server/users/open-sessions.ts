import type { Sql } from "../db/database.ts";

/** Which of these sessions are open now, of people who may still sign in. */
export async function openSessions(sql: Sql, sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select session.id::text as id from session join person on person.id = session.person_id
    where session.id = any(${[...sessionIds]}::uuid[]) and session.ended_at is null and person.state = 'active'`;
  return new Set(rows.map(({ id }) => id));
}
