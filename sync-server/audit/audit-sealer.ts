import type { Database } from "../db/database.ts";
import { CHAIN_START, linkHash } from "./audit-chain.ts";
import { entryColumns, type EntryRow, toChained } from "./audit.ts";

export const SEAL_EVERY_MS = 1_000;
const BATCH_MAX = 500;
/** Any constant: of several instances one adds to the chain at a time. */
const LOCK = 7_203_416;

/**
 * Chains what is committed and below the horizon, in the order of transactions. Resolves with how many. One transaction: a batch is in the chain or not.
 * Below the horizon nothing can still appear in between, so that the order is the same for whoever looks.
 */
export const sealAudit = ({ transaction }: Pick<Database, "transaction">): Promise<number> =>
  transaction(async (tx) => {
    const [lock] = await tx<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}) as taken`;
    if (!lock?.taken) return 0;
    // By the number: the text of it, which has the same name, puts 9 behind 10.
    const [head] = await tx<{ position: string; hash: Buffer }[]>`select link.position::text as position, link.hash from audit_link as link order by link.position desc limit 1`;
    const rows = await tx<EntryRow[]>`
      with due as (select entry_id, xid from audit_waiting where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, entry_id limit ${BATCH_MAX})
      select ${entryColumns(tx)} from due join audit_entry as entry on entry.id = due.entry_id order by due.xid, due.entry_id`;
    let position = BigInt(head?.position ?? 0);
    let before: Uint8Array = head?.hash ?? CHAIN_START;
    const links = rows.map((row) => {
      position += 1n;
      before = linkHash(before, position, toChained(row));
      return { position: position.toString(), entry_id: row.id, hash: before };
    });
    if (links.length === 0) return 0;
    await tx`insert into audit_link ${tx(links)}`;
    await tx`delete from audit_waiting where entry_id = any(${rows.map(({ id }) => id)}::bigint[])`;
    return links.length;
  });

/** What was written is in the chain a second later. A failure is tried again; entries wait, whole. Resolves with whether more waits. */
export const sealBatch = async (database: Pick<Database, "transaction">): Promise<boolean> => (await sealAudit(database)) === BATCH_MAX;
