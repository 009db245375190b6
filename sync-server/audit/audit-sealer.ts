import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { CHAIN_START, linkHash } from "./audit-chain.ts";
import { entryColumns, type EntryRow, toChained } from "./audit.ts";

const EVERY_MS = 1_000;
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
      select ${entryColumns(tx)} from audit_entry as entry
      where entry.xid < pg_snapshot_xmin(pg_current_snapshot()) and not exists (select 1 from audit_link where entry_id = entry.id)
      order by entry.xid, entry.id limit ${BATCH_MAX}`;
    let position = BigInt(head?.position ?? 0);
    let before: Uint8Array = head?.hash ?? CHAIN_START;
    const links = rows.map((row) => {
      position += 1n;
      before = linkHash(before, position, toChained(row));
      return { position: position.toString(), entry_id: row.id, hash: before };
    });
    if (links.length > 0) await tx`insert into audit_link ${tx(links)}`;
    return links.length;
  });

export interface AuditSealerParts {
  readonly database: Database;
  readonly log: Log;
}

/** Duty: what was written is in the chain a second later. A failure is tried again; entries wait, whole. */
export class AuditSealer {
  readonly #parts: AuditSealerParts;
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: AuditSealerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const sealed = await sealAudit(this.#parts.database).catch((error: unknown) => {
        this.#parts.log.warn("audit.seal_failed", { error });
        return 0;
      });
      if (sealed < BATCH_MAX) await pause(EVERY_MS, undefined, { signal: this.#ending.signal, ref: false }).catch(() => undefined);
    }
  }
}
