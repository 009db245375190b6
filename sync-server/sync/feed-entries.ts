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

/**
 * Puts every document at the end of the feed of each scope it is in, and a removal where it no longer is. In the transaction of the
 * write: a reader sees both or neither. Returns the touched scopes.
 */
export async function writeFeed(transaction: Transaction, definition: CollectionDefinition, moves: readonly Move[]): Promise<Set<Scope>> {
  const entries: { scope: Scope; id: string; op: "P" | "R" }[] = [];
  for (const { id, before, after } of moves) {
    const now = new Set(after === null ? [] : definition.scopesOf(after));
    for (const scope of now) entries.push({ scope, id, op: "P" });
    for (const scope of new Set(before === null ? [] : definition.scopesOf(before))) if (!now.has(scope)) entries.push({ scope, id, op: "R" });
  }
  if (entries.length === 0) return new Set();
  const scopes = entries.map(({ scope }) => scope);
  await ensureScopes(transaction, scopes);
  await transaction`
    insert into scope_doc (scope_id, coll, doc_id, op)
    select scope.id, ${definition.number}::smallint, entry.doc_id, entry.op::"char"
    from unnest(${scopes}::text[], ${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ op }) => op)}::text[]) as entry (scope, doc_id, op)
    join scope on scope.name = entry.scope
    order by scope.id, entry.doc_id
    on conflict (scope_id, coll, doc_id) do update
      set xid = pg_current_xact_id(), seq = nextval('feed_seq'), op = excluded.op`;
  return new Set(scopes);
}
