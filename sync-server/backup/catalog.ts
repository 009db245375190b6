import type { Sql } from "../db/database.ts";

/** A table as a backup carries it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Not carried. Which history the numbers of transactions belong to is another one after a restore, so that every device begins anew (E2); which events
 * were counted is begun anew with the counting; `migration` is written by the migrations.
 */
const LEFT_OUT = ["migration", "sync_epoch", "sync_era", "ch_batch"];
/** The number of the transaction that wrote a row says nothing in another history: that of the restore stands in. */
const WRITERS_NUMBER = "pg_current_xact_id()";

/**
 * Every table that outlives a crash, each behind those that its rows point to, with the columns that can be written. Read from the database itself,
 * so that a table which a later version adds is carried without a word here.
 */
export async function readTables(sql: Sql): Promise<Table[]> {
  const tables = await sql<Table[]>`
    select class.relname as name, array_agg(attribute.attname::text order by attribute.attnum) as columns
    from pg_class as class join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped and attribute.attgenerated = ''
    left join pg_attrdef as value on value.adrelid = class.oid and value.adnum = attribute.attnum
    where class.relnamespace = current_schema()::regnamespace and class.relkind = 'r' and class.relpersistence = 'p' and class.relname <> all(${LEFT_OUT})
      and pg_get_expr(value.adbin, value.adrelid) is distinct from ${WRITERS_NUMBER}
    group by class.relname order by class.relname`;
  const arrows = await sql<{ from: string; to: string }[]>`
    select source.relname as "from", target.relname as "to" from pg_constraint as link join pg_class as source on source.oid = link.conrelid join pg_class as target on target.oid = link.confrelid
    where link.contype = 'f' and link.connamespace = current_schema()::regnamespace and source.oid <> target.oid`;
  return inOrder(tables, arrows);
}

/** Throws where tables point to each other in a ring: then no order serves. */
function inOrder(tables: readonly Table[], arrows: readonly { from: string; to: string }[]): Table[] {
  const ordered: Table[] = [];
  const placed = new Set<string>();
  for (let rest = tables; rest.length > 0; ) {
    const free = rest.filter(({ name }) => arrows.every(({ from, to }) => from !== name || placed.has(to)));
    if (free.length === 0) throw new Error(`These tables point to each other in a ring: ${rest.map(({ name }) => name).join(", ")}.`);
    for (const table of free) {
      ordered.push(table);
      placed.add(table.name);
    }
    rest = rest.filter(({ name }) => !placed.has(name));
  }
  return ordered;
}

/** The last number that each gave; those that gave none are left out. Not bound to a snapshot: read it last, and no row is ahead of it. */
export const readSequences = (sql: Sql) =>
  sql<{ name: string; value: string }[]>`select sequencename::text as name, last_value::text as value from pg_sequences where schemaname = current_schema() and last_value is not null order by sequencename`;
