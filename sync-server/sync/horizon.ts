import { CodedError } from "@mochila/shared/errors.ts";
import type { Sql } from "../db/database.ts";
import { tagOf } from "./checkpoint.ts";
import { ownerTag } from "./eras.ts";

/** What a person receives or received, as `user_scope` says it. */
export interface Grant {
  readonly scope: bigint;
  readonly from: bigint;
  /** Null: held now. */
  readonly to: bigint | null;
  /** What left the scope before this transaction was never told to this person. */
  readonly known: bigint;
}

/** Everything a pull decides on, from one snapshot. */
export interface Standing {
  /** The oldest transaction that may still be running: what is older is complete, what is not may have holes. */
  readonly horizon: bigint;
  /** Marks a checkpoint as made in the newest era for this person. */
  readonly owner: string;
  readonly era: string | null;
  /** When PostgreSQL was started. */
  readonly startedAt: string;
  /** Changes whenever a scope is granted, lost, or granted again; also when it was granted and lost between two looks, in which time the device may have pushed into it. */
  readonly grants: string;
  readonly held: readonly Grant[];
  readonly lost: readonly Grant[];
}

interface Row {
  readonly horizon: string;
  readonly era: string | null;
  readonly state: string;
  readonly started_at: string;
  readonly scope_id: string | null;
  readonly from_xid: string;
  readonly to_xid: string | null;
  readonly known_xid: string;
}

/**
 * Reads the person's standing in the caller's snapshot (repeatable read), so that horizon, grants and rows belong together: a
 * horizon read after the rows would pass over rows that were committed in between.
 * Throws `session_ended` for someone who is suspended or gone.
 */
export async function readStanding(sql: Sql, userId: string): Promise<Standing> {
  const rows = await sql<Row[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, era.id as era, person.state, pg_postmaster_start_time()::text as started_at,
      scope_id, from_xid::text, to_xid::text, known_xid::text
    from person left join (select id from sync_era order by from_xid desc limit 1) as era on true left join user_scope on user_scope.user_id = person.id
    where person.id = ${userId}::uuid order by scope_id`;
  const [first] = rows;
  if (first?.state !== "active") throw new CodedError("session_ended", "This account is not active.");
  const all = rows.flatMap((row): Grant[] =>
    row.scope_id === null
      ? []
      : [{ scope: BigInt(row.scope_id), from: BigInt(row.from_xid), to: row.to_xid === null ? null : BigInt(row.to_xid), known: BigInt(row.known_xid) }],
  );
  const held = all.filter(({ to }) => to === null);
  const lost = all.filter(({ to }) => to !== null);
  const lastLoss = lost.reduce((last, { to }) => (to !== null && to > last ? to : last), 0n);
  return {
    horizon: BigInt(first.horizon),
    owner: ownerTag(first.era, userId),
    era: first.era,
    startedAt: first.started_at,
    grants: tagOf("grants", String(lastLoss), ...held.map(({ scope, from }) => `${scope}.${from}`)),
    held,
    lost,
  };
}
