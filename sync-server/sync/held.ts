import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { Held } from "@mochila/shared/sync/held.ts";
import type { Sql } from "../db/database.ts";
import type { Standing } from "./horizon.ts";
import { tableOf } from "./store.ts";

/**
 * What a device that has everything holds of a collection, in the snapshot of `standing`. Null while something has been committed that the
 * horizon still holds back: the device cannot have it, and the documents no longer say how they were before. Reads each document's row.
 */
export async function readHeld(sql: Sql, definition: CollectionDefinition, { held, lost, horizon }: Standing): Promise<Held | null> {
  if (held.some(({ from }) => from >= horizon) || lost.some(({ to }) => to !== null && to >= horizon)) return null;
  const scopes = held.map(({ scope }) => String(scope));
  const [row] = await sql<{ late: boolean; count: number; digest: string }[]>`
    select exists (select from scope_doc where scope_id = any(${scopes}::bigint[]) and coll = ${definition.number} and xid >= ${String(horizon)}::xid8) as late,
      count(*)::int, lpad(to_hex(coalesce(bit_xor(('x' || right(stored.rev::text, 12))::bit(48)::bigint), 0)), 12, '0') as digest
    from (select distinct doc_id from scope_doc where scope_id = any(${scopes}::bigint[]) and coll = ${definition.number} and op = 'P') as entry
    join ${sql(tableOf(definition))} as stored on stored.id = entry.doc_id and not stored.deleted`;
  return row && !row.late ? { count: row.count, digest: row.digest } : null;
}
