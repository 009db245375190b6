import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { shareRights } from "../access/lock-rights.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { epochChanged } from "./applied-revisions.ts";
import { decodePosition, markOf, type Position, tagOf } from "./checkpoint.ts";

/** Years of daily starts. A device from before begins anew, which repeats documents and loses nothing. */
const ERAS_KEPT = 1_000;

/** Called at each start, in its transaction. Answers when this PostgreSQL was started. */
export async function beginEra(transaction: Transaction, random: Random): Promise<string> {
  await transaction`insert into sync_era (id, from_xid) values (${newRev({ random })}, pg_current_xact_id())`;
  await transaction`delete from sync_era where from_xid < (select from_xid from sync_era order by from_xid desc offset ${ERAS_KEPT} limit 1)`;
  const [row] = await transaction<{ started_at: string }[]>`select pg_postmaster_start_time()::text as started_at`;
  return row?.started_at ?? "";
}

/** Marks a checkpoint as made in an era for a person: what a history knows nothing of was made in another one. */
export const ownerTag = (era: string | null, userId: string): string => tagOf("owner", era ?? "", userId);

/** From one snapshot. */
export interface Moment {
  readonly userId: string;
  /** The oldest transaction that may still be running. */
  readonly horizon: bigint;
  /** The newest one. */
  readonly era: string | null;
  /** Its mark for this person. */
  readonly owner: string;
  /** When PostgreSQL was started. */
  readonly startedAt: string;
}

/** PostgreSQL was started anew under this process, perhaps on a folder that was put back: an era has to begin before anything is answered. */
export class StoreRestarted extends Error {
  override name = "StoreRestarted";
}

/** At the beginning of a transaction that acts on the person's rights, which from then on do not get less. */
export async function beginMoment(transaction: Transaction, userId: string): Promise<Moment> {
  const [row] = await transaction<{ horizon: string; era: string | null; started_at: string }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, (select id from sync_era order by from_xid desc limit 1) as era,
      pg_postmaster_start_time()::text as started_at, ${shareRights(transaction, userId)}`;
  const era = row?.era ?? null;
  return { userId, horizon: BigInt(row?.horizon ?? 0), era, owner: ownerTag(era, userId), startedAt: row?.started_at ?? "" };
}

/**
 * Tells whether a checkpoint was made in this history of the database. Those of an era that has ended may reach to the beginning of the
 * next. One that reaches further, or is of an era that is unknown, was made in a history that a restore has ended: (1) the folder is copied,
 * (2) the server goes on and a device follows it, (3) the copy is put back, (4) its numbers pass the device's: without this the device
 * would miss everything between (3) and (4) for ever.
 */
export class Eras {
  /** Of the PostgreSQL in whose life an era was last begun; null: this process has begun none. */
  #startedAt: string | null = null;
  #newest: string | null = null;
  /** Newest first. Read once for each newest era: they do not change, and a device keeps an old mark until something changes for it. */
  #ended: readonly { id: string; until: bigint }[] = [];

  /** An era has begun in the life of this PostgreSQL: not of the one that the first request meets, which may be on a folder that was put back since. */
  renewed(startedAt: string): void {
    this.#startedAt = startedAt;
  }

  /** What these checkpoints say. Throws `epoch_changed` if one is of another history, and `StoreRestarted`. */
  async read(sql: Sql, moment: Moment, checkpoints: readonly (string | null)[]): Promise<Position[]> {
    if (moment.startedAt !== this.#startedAt) throw new StoreRestarted();
    const { owner } = moment;
    const marks = new Set(checkpoints.flatMap((checkpoint) => (checkpoint === null || markOf(checkpoint) === owner ? [] : [markOf(checkpoint)])));
    const reach = { owner, horizon: moment.horizon, ended: await this.#untilOf(sql, moment, marks) };
    return checkpoints.map((checkpoint) => {
      const position = decodePosition(checkpoint, reach);
      if (position === null) throw epochChanged();
      return position;
    });
  }

  async #untilOf(sql: Sql, { userId, era }: Moment, marks: ReadonlySet<string>): Promise<ReadonlyMap<string, bigint>> {
    const found = new Map<string, bigint>();
    if (marks.size === 0) return found;
    if (era !== this.#newest) {
      const rows = await sql<{ id: string; until: string | null }[]>`
        select id, lag(from_xid) over (order by from_xid desc)::text as until from sync_era order by from_xid desc`;
      this.#ended = rows.flatMap(({ id, until }) => (until === null ? [] : [{ id, until: BigInt(until) }]));
      this.#newest = era;
    }
    for (const { id, until } of this.#ended) {
      const mark = ownerTag(id, userId);
      if (marks.has(mark) && !found.has(mark)) found.set(mark, until);
      if (found.size === marks.size) break;
    }
    return found;
  }
}
