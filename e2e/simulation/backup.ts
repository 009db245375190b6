import { courseScope, personScope, staffScope } from "@mochila/shared/access/scope.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import type { School } from "./school.ts";

const DOCUMENT_TABLES = registry.map(({ name }) => `doc_${name}`);
const TABLES = [...DOCUMENT_TABLES, "scope_doc", "user_scope", "applied_rev", "push_reject", "doc_history"];

/** Beside each table one of the same form for what is copied. */
export async function makeBackupTables({ sql }: Database): Promise<void> {
  await sql`create schema backup`;
  for (const table of TABLES) await sql`create table backup.${sql(table)} (like ${sql(table)} including generated including indexes)`;
}

/**
 * What a backup of the folder holds of one school, and putting it back. Rows come back as they were, with their transaction numbers, and an era
 * begins where the copy was made, as in a cluster whose counter was put back with it. Another than there: the counter goes on.
 */
export class Backup {
  /** How often the server was put back. */
  restores = 0;
  /** The copy: when it was made, and the number that the next transaction had then. */
  taken: { readonly at: number; readonly nextXid: bigint; readonly roles: ReadonlyMap<string, CourseRole> } | null = null;
  /** The rows of this school in each table. */
  readonly #own: Readonly<Record<string, string>>;

  constructor(
    private readonly database: Database,
    { people, courses, closed }: School,
    private readonly roles: Map<string, CourseRole>,
  ) {
    const list = (ids: readonly string[]) => `array[${ids.map((id) => `'${id}'`).join(",")}]::uuid[]`;
    const [inCourses, ofPeople] = [list([...courses, closed]), list(Object.values(people))];
    const names = [...[...courses, closed].flatMap((id) => [courseScope(id), staffScope(id)]), ...Object.values(people).map(personScope)];
    const scopes = `scope_id in (select id from scope where name = any(array[${names.map((name) => `'${name}'`).join(",")}]))`;
    this.#own = {
      ...Object.fromEntries(DOCUMENT_TABLES.map((table) => [table, `course_id = any(${inCourses})`])),
      scope_doc: scopes,
      user_scope: `user_id = any(${ofPeople})`,
      applied_rev: `user_id = any(${ofPeople})`,
      push_reject: `user_id = any(${ofPeople})`,
      doc_history: `(body ->> 'courseId')::uuid = any(${inCourses})`,
    };
  }

  async take(at: number): Promise<void> {
    const copy = await this.#copy("public", "backup");
    const [found] = await this.database.sql.begin("isolation level repeatable read", async (transaction) => {
      await transaction.unsafe(copy).simple();
      return transaction<{ next: string }[]>`select pg_snapshot_xmax(pg_current_snapshot())::text as next`;
    });
    this.taken = { at, nextXid: BigInt(found?.next ?? 0), roles: new Map(this.roles) };
  }

  /** No transaction of this school may be open. */
  async putBack(): Promise<void> {
    if (!this.taken) return;
    const { nextXid, roles } = this.taken;
    const copy = await this.#copy("backup", "public");
    await this.database.transaction((transaction) => transaction.unsafe(`${copy}; delete from sync_era where from_xid >= '${String(nextXid)}'::xid8; insert into sync_era (id, from_xid) values ('${newRev()}', '${String(nextXid)}')`).simple());
    this.roles.clear();
    for (const [place, role] of roles) this.roles.set(place, role);
    this.restores += 1;
  }

  async #copy(from: string, to: string): Promise<string> {
    const columns = await columnsOf(this.database);
    const lines = TABLES.map((table) => {
      const names = columns.get(table) ?? "";
      return `delete from ${to}.${table} where ${this.#own[table]}; insert into ${to}.${table} (${names}) overriding system value select ${names} from ${from}.${table} where ${this.#own[table]}`;
    });
    return lines.join("; ");
  }
}

const known = new WeakMap<Database, Map<string, string>>();

/** Those that can be written, by table. */
async function columnsOf(database: Database): Promise<Map<string, string>> {
  const before = known.get(database);
  if (before) return before;
  const rows = await database.sql<{ name: string; columns: string }[]>`
    select table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns from information_schema.columns
    where table_schema = 'public' and is_generated = 'NEVER' group by table_name`;
  const found = new Map(rows.map(({ name, columns }) => [name, columns]));
  known.set(database, found);
  return found;
}
