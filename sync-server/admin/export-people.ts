import type { PeopleQuery } from "@mochila/shared/admin/person.ts";
import { CSV_MARK, csvLine } from "@mochila/shared/kernel/csv.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database, Sql } from "../db/database.ts";
import { foundPeople } from "./people.ts";

/** More is a copy of the database, which is another thing. */
const PEOPLE_MAX = 50_000;
const PAGE = 500;
/** Heads that an import knows again. */
const HEADS = ["email", "name", "role", "language", "state"];

interface Row {
  readonly id: string;
  readonly key: string;
  readonly email: string;
  readonly name: string;
  readonly system_role: string;
  readonly language: string;
  readonly state: string;
}

const filtered = (sql: Sql, query: PeopleQuery) => sql`${foundPeople(sql, query)} and person.state <> 'closed' and ${query.role === undefined ? sql`true` : sql`person.system_role = ${query.role}`}`;

const readPage = (sql: Sql, query: PeopleQuery, last: Row | null) => sql<Row[]>`
  select id, name_key as key, email, name, system_role, language, state from person
  where ${filtered(sql, query)} and ${last === null ? sql`true` : sql`(person.name_key, person.id) > (${last.key}, ${last.id}::uuid)`} order by person.name_key, person.id limit ${PAGE}`;

const lineOf = ({ email, name, system_role, language, state }: Row): string => csvLine([email, name, system_role, language, state]);

/** The list as it is found, page by page: its memory is that of a page. Who takes it out of the school is in the log before the first line. */
export async function exportPeople({ database, clock }: { database: Database; clock: Clock }, by: AuditActor, query: PeopleQuery): Promise<Response> {
  await database.transaction(async (transaction) => {
    const [row] = await transaction<{ count: number }[]>`select count(*)::int as count from (select 1 from person where ${filtered(transaction, query)} limit ${PEOPLE_MAX}) as found`;
    const details = { people: row?.count ?? 0, searched: query.search !== undefined, ...(query.role !== undefined && { role: query.role }), ...(query.state !== undefined && { state: query.state }) };
    await writeAudit(transaction, { clock }, { by, action: "people.export", object: { kind: "school", id: "people" }, details });
  });
  const encoder = new TextEncoder();
  let last: Row | null = null;
  let written = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(encoder.encode(CSV_MARK + csvLine(HEADS))),
    pull: async (stream) => {
      const rows: readonly Row[] = await readPage(database.sql, query, last);
      last = rows.at(-1) ?? last;
      written += rows.length;
      if (rows.length > 0) stream.enqueue(encoder.encode(rows.map(lineOf).join("")));
      if (rows.length < PAGE || written >= PEOPLE_MAX) stream.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/csv; charset=utf-8", "content-disposition": 'attachment; filename="people.csv"', "cache-control": "no-store" } });
}
