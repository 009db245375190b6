import type { Database } from "../db/database.ts";
import { CHAIN_START, linkHash } from "./audit-chain.ts";
import { entryColumns, type EntryRow, toChained } from "./audit.ts";

/** Where the chain stood once, kept where the database's keepers cannot write. */
export interface ChainRoot {
  readonly position: string;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface ChainReport {
  readonly links: number;
  /** Written and not chained yet; more than a moment's worth is a fault. */
  readonly waiting: number;
  readonly root: ChainRoot | null;
  /** The first place where the chain is not what it was; null: it is whole. */
  readonly broken: { readonly position: string; readonly why: "changed" | "missing" | "not-at-the-root" | "never-chained" } | null;
}

const PAGE = 1_000;
/** Longer than a transaction may run, and a sealer may be busy. */
const UNCHAINED_MS_MAX = 120_000;

type LinkRow = Partial<EntryRow> & { readonly position: string; readonly hash: Buffer; readonly entry_id: string };

/**
 * Walks the whole chain. Finds entries and links that were changed, taken out, put in or put elsewhere; with a `root` that was kept elsewhere also an end that was cut off
 * or a chain that was made anew. `now`: milliseconds since 1970.
 */
export async function verifyAudit({ sql }: Pick<Database, "sql">, { root = null, now }: { root?: ChainRoot | null; now: number }): Promise<ChainReport> {
  let before: Uint8Array = CHAIN_START;
  let position = 0n;
  const report = async (broken: ChainReport["broken"]): Promise<ChainReport> => {
    const [waiting] = await sql<{ count: string }[]>`select count(*)::text as count from audit_entry as entry where not exists (select 1 from audit_link where entry_id = entry.id)`;
    const stands = position === 0n ? null : { position: position.toString(), hash: Buffer.from(before).toString("hex") };
    return { links: Number(position), waiting: Number(waiting?.count ?? 0), root: stands, broken };
  };
  let seenRoot = root === null;
  for (;;) {
    const rows = await sql<LinkRow[]>`
      select link.position::text as position, link.hash, link.entry_id::text as entry_id, ${entryColumns(sql)}
      from audit_link as link left join audit_entry as entry on entry.id = link.entry_id where link.position > ${position.toString()} order by link.position limit ${PAGE}`;
    for (const row of rows) {
      if (BigInt(row.position) !== position + 1n || row.id === undefined || row.id === null) return report({ position: (position + 1n).toString(), why: "missing" });
      const hash = linkHash(before, position + 1n, toChained(row as EntryRow));
      if (!hash.equals(row.hash)) return report({ position: row.position, why: "changed" });
      position += 1n;
      before = hash;
      if (root?.position === row.position) {
        if (root.hash !== hash.toString("hex")) return report({ position: row.position, why: "not-at-the-root" });
        seenRoot = true;
      }
    }
    if (rows.length < PAGE) break;
  }
  if (!seenRoot) return report({ position: (position + 1n).toString(), why: "missing" });
  const [old] = await sql<{ id: string }[]>`
    select entry.id::text as id from audit_entry as entry where entry.at < ${new Date(now - UNCHAINED_MS_MAX)} and not exists (select 1 from audit_link where entry_id = entry.id) limit 1`;
  return report(old ? { position: (position + 1n).toString(), why: "never-chained" } : null);
}
