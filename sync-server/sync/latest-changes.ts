import type { Sql } from "../db/database.ts";
import type { Standing } from "./horizon.ts";

/** After more of the feed than this, asking anew where it is needed costs less than reading what has come everywhere. */
const NEWS_MAX = 1_000;
/** Of some 100 bytes each. */
const LISTS_KEPT_MAX = 100_000;
const NEVER = -1n;

/** What the feed has of one collection in one scope. */
export interface List {
  readonly scope: string;
  readonly collection: number;
}

/** The transaction of the last entry of a list, or of a later one that has left it; below zero: it has none. */
export type LastChange = (list: List) => bigint;

/**
 * Duty: tells where nothing has come since a transaction, without looking there, so that the cost of a pull grows with what has changed and
 * not with scopes × collections × the depth of an index.
 * Invariant: each kept number covers all entries of its list below `#through`. It may be too high, which costs a look, and never too low.
 * What breaks: a process that stands still for long, or a large import: too much has come, everything kept is given up. Another history of the
 * database: the same, and it is known by its era, because a store that was put back begins a new one before it answers.
 */
export class LatestChanges {
  readonly #kept = new Map<string, bigint>();
  /** Everything older has been followed. */
  #through = 0n;
  #history = "";

  /** What it knows of these lists, at the horizon of `standing` or later. `sql` sees everything below that horizon. */
  async of(sql: Sql, standing: Standing, lists: readonly List[]): Promise<LastChange> {
    await this.#follow(sql, standing);
    const unknown = lists.filter((list) => !this.#kept.has(keyOf(list)));
    const learned = unknown.length > 0 ? await readLast(sql, unknown) : new Map<string, bigint>();
    // Whoever was faster has followed what this reading does not cover: then it serves this pull alone.
    if (this.#through === standing.horizon && this.#history === historyOf(standing)) this.#keep(learned);
    return (list) => this.#kept.get(keyOf(list)) ?? learned.get(keyOf(list)) ?? standing.horizon;
  }

  async #follow(sql: Sql, standing: Standing): Promise<void> {
    const { horizon } = standing;
    if (this.#history !== historyOf(standing)) this.#beginAnew(standing);
    if (horizon <= this.#through) return;
    const rows = this.#kept.size === 0 ? [] : await readNews(sql, { from: this.#through, to: horizon });
    if (this.#history !== historyOf(standing)) return;
    if (rows.length > NEWS_MAX) this.#kept.clear();
    for (const { xid, ...list } of rows) {
      const key = keyOf(list);
      const known = this.#kept.get(key);
      if (known !== undefined && known < BigInt(xid)) this.#kept.set(key, BigInt(xid));
    }
    if (horizon > this.#through) this.#through = horizon;
  }

  #beginAnew(standing: Standing): void {
    this.#kept.clear();
    this.#through = standing.horizon;
    this.#history = historyOf(standing);
  }

  #keep(learned: ReadonlyMap<string, bigint>): void {
    for (const [key, xid] of learned) this.#kept.set(key, xid);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= LISTS_KEPT_MAX) return;
      this.#kept.delete(oldest);
    }
  }
}

const keyOf = ({ scope, collection }: List): string => `${scope}.${collection}`;
const historyOf = ({ era, startedAt }: Standing): string => `${era}.${startedAt}`;

async function readNews(sql: Sql, { from, to }: { from: bigint; to: bigint }) {
  return sql<(List & { readonly xid: string })[]>`
    select scope_id::text as scope, coll as collection, xid::text from scope_doc
    where seq > 0 and xid >= ${String(from)}::xid8 and xid < ${String(to)}::xid8 limit ${NEWS_MAX + 1}`;
}

async function readLast(sql: Sql, lists: readonly List[]): Promise<Map<string, bigint>> {
  const rows = await sql<{ xid: string | null }[]>`
    select last.xid::text from unnest(${lists.map(({ scope }) => scope)}::bigint[], ${lists.map(({ collection }) => collection)}::smallint[])
      with ordinality as list (scope, collection, place)
    left join lateral (select entry.xid from scope_doc as entry where entry.scope_id = list.scope and entry.coll = list.collection
      order by entry.xid desc, entry.seq desc limit 1) as last on true
    order by list.place`;
  return new Map(lists.map((list, index) => [keyOf(list), BigInt(rows[index]?.xid ?? NEVER)]));
}
