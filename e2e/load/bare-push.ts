import { PUSH_ROWS_MAX } from "@mochila/shared/limits.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import type { DraftDocument } from "./drafts.ts";

export async function makeBareTables({ sql }: Database): Promise<void> {
  await sql`create table bare_draft (like doc_drafts including all)`;
  await sql`create table bare_feed (like scope_doc including all)`;
}

/** What remains of a push when nobody asks whether it may be: the documents and their rows of the feed, in one transaction. */
export const pushBare = (database: Database, documents: readonly DraftDocument[]): Promise<void> =>
  database.transaction(async (sql) => {
    const rows = documents.map(({ id, rev, userId, courseId, ...body }) => ({ id, rev, course_id: courseId, owner_id: userId, body: JSON.stringify({ userId, courseId, ...body }) }));
    const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
    await sql`
      insert into bare_draft (id, rev, course_id, owner_id, body)
      select id, rev, course_id, owner_id, body::jsonb
      from unnest(${column("id")}::uuid[], ${column("rev")}::uuid[], ${column("course_id")}::uuid[], ${column("owner_id")}::uuid[], ${column("body")}::text[])
        as made (id, rev, course_id, owner_id, body)
      on conflict (id) do update set rev = excluded.rev, body = excluded.body`;
    await sql`
      insert into bare_feed (scope_id, coll, doc_id, op) select 1, 6, id, 'P' from unnest(${column("id")}::uuid[]) as made (id)
      on conflict (scope_id, coll, doc_id) do update set xid = pg_current_xact_id(), seq = nextval('feed_seq'), op = excluded.op`;
  });

export function inPushes(documents: readonly DraftDocument[]): DraftDocument[][] {
  const parts: DraftDocument[][] = [];
  for (let from = 0; from < documents.length; from += PUSH_ROWS_MAX) parts.push(documents.slice(from, from + PUSH_ROWS_MAX));
  return parts;
}
