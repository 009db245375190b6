import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { Sql } from "../db/database.ts";
import type { GivenStep, Step } from "./change-feed.ts";
import { tableOf } from "./store.ts";

/** A document was written, or left a scope, since the walk found it. */
export class Moved extends Error {
  override name = "Moved";
}

interface Loaded {
  /** JSON texts with commas between. */
  readonly documents: string;
  /** How many steps these documents answer. */
  readonly taken: number;
  readonly bytes: number;
}

/** The answer to one step. `body` null: there is no such document, though the feed says so. The device is told to remove it. */
interface Row {
  readonly rev: string;
  readonly body: string | null;
  readonly bytes: number;
  /** Said by the first row: how many of the steps still stand, whether they fit or not. */
  readonly found: number | null;
}

/** What PostgreSQL writes for an object without fields. */
const EMPTY = "{}";

/** The text of a document: its body with the two fields that have columns of their own, which need no escape. */
const documentText = (id: string, rev: string, body: string): string => `{"id":"${id}","rev":"${rev}"${body === EMPTY ? "}" : `,${body.slice(1)}`}`;

const removalText = (id: string): string => `{"id":"${id}","_deleted":true}`;

/**
 * What the steps of a walk tell the device, from the first step on, as much as fits into `bytesLeft`, one document at least. Of several steps of
 * one document the last says how it is. Throws `Moved`.
 */
export async function loadDocuments(
  sql: Sql,
  definition: CollectionDefinition,
  { steps, bytesLeft }: { steps: readonly Step[]; bytesLeft: number },
): Promise<Loaded> {
  const puts = steps.filter((step): step is GivenStep => step.op === "put");
  const rows = puts.length === 0 ? [] : await readWithin(sql, definition, { puts, bytesLeft });
  if (puts.length !== (rows[0]?.found ?? 0)) throw new Moved();
  const documents = new Map<string, string>();
  let [taken, read, bytes] = [0, 0, 0];
  for (const { id, op } of steps) {
    const row = op === "put" ? rows[read] : undefined;
    if (op === "put") {
      if (!row) break;
      read += 1;
      bytes += row.bytes;
    }
    documents.set(id, row && row.body !== null ? documentText(id, row.rev, row.body) : removalText(id));
    taken += 1;
  }
  return { documents: [...documents.values()].join(","), taken, bytes };
}

/** From the entry of its first step to that of its last, both with it. */
interface Range {
  readonly first: GivenStep;
  last: GivenStep;
}

/** Steps that follow each other in one scope's feed, as few ranges as there are. */
function rangesOf(puts: readonly GivenStep[]): Range[] {
  const ranges: Range[] = [];
  for (const step of puts) {
    const range = ranges.at(-1);
    if (range && range.last.scope === step.scope && range.last.walk === step.walk) range.last = step;
    else ranges.push({ first: step, last: step });
  }
  return ranges;
}

/**
 * A row for each step, from the first on, as many as fit, one at least. The walk's ranges are read once more instead of what it found in them:
 * whoever writes a document takes its entry out of its range, so that their count tells whether any has moved, and 400 ids need not be sent.
 */
async function readWithin(sql: Sql, definition: CollectionDefinition, { puts, bytesLeft }: { puts: readonly GivenStep[]; bytesLeft: number }): Promise<Row[]> {
  const ranges = rangesOf(puts);
  // Without «offset 0» the planner may read the whole table where it expects many.
  return sql<Row[]>`
    with sized as (
      select stored.rev, stored.body, coalesce(stored.bytes, 0) as bytes, count(*) over () as found,
        row_number() over feed as place, sum(coalesce(stored.bytes, 0)) over feed as total
      from unnest(${ranges.map(({ first }) => first.scope)}::bigint[],
          ${ranges.map(({ first }) => first.xid)}::xid8[], ${ranges.map(({ first }) => first.seq)}::bigint[],
          ${ranges.map(({ last }) => last.xid)}::xid8[], ${ranges.map(({ last }) => last.seq)}::bigint[])
        with ordinality as range (scope, first_xid, first_seq, last_xid, last_seq, place)
      cross join lateral (
        select doc_id, xid, seq from scope_doc where scope_id = range.scope and coll = ${definition.number} and op = 'P'
          and (xid, seq) >= (range.first_xid, range.first_seq) and (xid, seq) <= (range.last_xid, range.last_seq) offset 0) as entry
      left join lateral (select rev, body, bytes from ${sql(tableOf(definition))} where id = entry.doc_id and not deleted offset 0) as stored on true
      window feed as (order by range.place, entry.xid, entry.seq))
    select rev, body::text as body, bytes::int, case when place = 1 then found::int end as found from sized
    where place = 1 or total <= ${bytesLeft} order by place`;
}
