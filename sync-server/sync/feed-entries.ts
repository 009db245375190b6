import type { Scope } from "@mochila/shared/access/scope.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Transaction } from "../db/database.ts";

/** One document before and after a write; null: it was not, or is no more. */
export interface Move {
  readonly id: string;
  readonly before: SyncedDocument | null;
  readonly after: SyncedDocument | null;
}

/** The number of each scope, made where it is new. Numbers never change and scopes are never deleted. */
export async function ensureScopes(transaction: Transaction, names: readonly Scope[]): Promise<void> {
  if (names.length === 0) return;
  const unique = [...new Set(names)].sort();
  const known = await transaction<{ count: number }[]>`select count(*)::int as count from scope where name = any(${unique})`;
  if (known[0]?.count === unique.length) return;
  await transaction`insert into scope (name) select unnest(${unique}::text[]) on conflict (name) do nothing`;
}

interface Entry {
  readonly scope: Scope;
  readonly id: string;
  readonly op: "P" | "R";
}

/**
 * Puts every document at the end of the feed of each scope it is in, and a removal where it no longer is. In the transaction of the
 * write: a reader sees both or neither. Returns the touched scopes.
 */
export async function writeFeed(transaction: Transaction, definition: CollectionDefinition, moves: readonly Move[]): Promise<Set<Scope>> {
  const entries: Entry[] = [];
  for (const { id, before, after } of moves) {
    const now = new Set(after === null ? [] : definition.scopesOf(after));
    for (const scope of now) entries.push({ scope, id, op: "P" });
    for (const scope of new Set(before === null ? [] : definition.scopesOf(before))) if (!now.has(scope)) entries.push({ scope, id, op: "R" });
  }
  const missing = await writeEntries(transaction, definition, entries);
  if (missing.size > 0) {
    // Seldom: the first document of a scope.
    await ensureScopes(transaction, [...missing]);
    await writeEntries(transaction, definition, entries.filter(({ scope }) => missing.has(scope)));
  }
  return new Set(entries.map(({ scope }) => scope));
}

/** Returns the scopes that have no number yet; their entries are not written. */
async function writeEntries(transaction: Transaction, definition: CollectionDefinition, entries: readonly Entry[]): Promise<Set<Scope>> {
  if (entries.length === 0) return new Set();
  const rows = await transaction<{ name: Scope }[]>`
    with entry as materialized (
      select entry.name, entry.doc_id, entry.op::"char", scope.id as scope_id
      from unnest(${entries.map(({ scope }) => scope)}::text[], ${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ op }) => op)}::text[]) as entry (name, doc_id, op)
      left join scope on scope.name = entry.name),
    written as (
      insert into scope_doc (scope_id, coll, doc_id, op)
      select scope_id, ${definition.number}::smallint, doc_id, op from entry where scope_id is not null order by scope_id, doc_id
      on conflict (scope_id, coll, doc_id) do update
        set xid = pg_current_xact_id(), seq = nextval('feed_seq'), op = excluded.op)
    select distinct name from entry where scope_id is null`;
  return new Set(rows.map(({ name }) => name));
}
