import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Transaction } from "../db/database.ts";
import { tagOf } from "./checkpoint.ts";

/** Years of daily starts. A device from before begins anew, which repeats documents and loses nothing. */
const ERAS_KEPT = 1_000;

/** Called at each start, in its transaction. */
export async function beginEra(transaction: Transaction, random: Random): Promise<void> {
  await transaction`insert into sync_era (id, from_xid) values (${newRev({ random })}, pg_current_xact_id())`;
  await transaction`delete from sync_era where from_xid < (select from_xid from sync_era order by from_xid desc offset ${ERAS_KEPT} limit 1)`;
}

/** Marks a checkpoint as made in an era for a person: what a history knows nothing of was made in another one. */
export const ownerTag = (era: string | null, userId: string): string => tagOf("owner", era ?? "", userId);

/**
 * How far the checkpoints of each era that has ended may reach, by their mark: to the beginning of the next. One that reaches further was made
 * in a history that a restore has ended: (1) the folder is copied, (2) the server goes on and a device follows it, (3) the copy is
 * put back, (4) its numbers pass the device's: without this the device would miss everything between (3) and (4) for ever.
 */
export class EndedEras {
  #newest: string | null = null;
  /** Newest first. Read once for each newest era: they do not change, and a device keeps an old mark until something changes for it. */
  #eras: readonly { id: string; until: bigint }[] = [];

  /** For these marks of this person; those of no era are left out. */
  async read(transaction: Transaction, { userId, newest, marks }: { userId: string; newest: string | null; marks: ReadonlySet<string> }): Promise<ReadonlyMap<string, bigint>> {
    const found = new Map<string, bigint>();
    if (marks.size === 0) return found;
    if (newest !== this.#newest) {
      const rows = await transaction<{ id: string; until: string | null }[]>`
        select id, lag(from_xid) over (order by from_xid desc)::text as until from sync_era order by from_xid desc`;
      this.#eras = rows.flatMap(({ id, until }) => (until === null ? [] : [{ id, until: BigInt(until) }]));
      this.#newest = newest;
    }
    for (const { id, until } of this.#eras) {
      const mark = ownerTag(id, userId);
      if (marks.has(mark) && !found.has(mark)) found.set(mark, until);
      if (found.size === marks.size) break;
    }
    return found;
  }
}
