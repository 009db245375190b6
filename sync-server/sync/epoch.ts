import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import { beginEra } from "./eras.ts";

/** Any constant: instances that start together look one after the other. */
const EPOCH_LOCK = 5_120_771;

/** A row carries the lower half of its transaction's number. */
const XIDS = 4_294_967_296;

interface Row {
  readonly known: string | null;
  readonly system: string;
  readonly back: boolean;
}

/**
 * Called once at the start of every instance. Transaction numbers mean something only in the cluster that gave them: a dump that was
 * loaded elsewhere, or a counter that went back, would leave rows in the feed that no reader ever passes; one that was loaded into the same
 * cluster is told by its row, which another transaction wrote than the one it names. Then a new epoch begins: every checkpoint of before
 * ends, and the feed is numbered anew. `renewed`: that happened (also at the first start). A folder that
 * was put back keeps its epoch: what devices saw after the copy is told by the eras.
 */
export function ensureEpoch({ database, random }: { database: Database; random: Random }): Promise<{ readonly renewed: boolean; readonly startedAt: string }> {
  return database.unbounded(() => database.transaction(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${EPOCH_LOCK})`;
    const [found] = await transaction<Row[]>`
      select sync_epoch.system_identifier as known, control.system_identifier::text as system,
        coalesce(sync_epoch.last_xid > pg_current_xact_id() or sync_epoch.xmin::text::numeric <> mod(sync_epoch.last_xid::text::numeric, ${XIDS}), false) as back
      from pg_control_system() as control left join sync_epoch on true`;
    if (found && found.known === found.system && !found.back) {
      await transaction`update sync_epoch set last_xid = pg_current_xact_id()`;
      return { renewed: false, startedAt: await beginEra(transaction, random) };
    }
    await transaction`set local statement_timeout = 0`;
    await transaction`set local transaction_timeout = 0`;
    await transaction`delete from sync_epoch`;
    await transaction`delete from sync_era`;
    await transaction`
      insert into sync_epoch (id, system_identifier, last_xid) values (${newRev({ random })}, ${found?.system ?? ""}, pg_current_xact_id())`;
    const startedAt = await beginEra(transaction, random);
    // Everything counts as new and as lost now: a device repeats documents, and misses none.
    await transaction`update scope_doc set xid = pg_current_xact_id(), first_xid = pg_current_xact_id(), seq = nextval('feed_seq')`;
    await transaction`
      update user_scope set from_xid = pg_current_xact_id(), known_xid = '0', to_xid = case when to_xid is not null then pg_current_xact_id() end`;
    return { renewed: true, startedAt };
  }));
}
