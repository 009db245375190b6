import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { ChainedEntry } from "./audit-chain.ts";

/** As `details.by` says it. */
const COMMAND_LINE = "command line";

/** Who acts, for the log. `network`: as `networkOf` shortens it. */
export interface AuditActor {
  readonly userId: string | null;
  readonly realUserId?: string | null;
  readonly sessionId?: string | null;
  readonly network?: string | null;
  /** Nobody is signed in there; the entry says so, so that it is not taken for a stranger's. */
  readonly commandLine?: true;
}

export const fromCommandLine: AuditActor = { userId: null, commandLine: true };

export interface AuditEntry {
  readonly by: AuditActor;
  readonly action: AuditAction;
  readonly object: { readonly kind: string; readonly id: string };
  /** Names of what changed and plain values; never a body, a token or a password. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes an entry with the change that it tells of. */
export const writeAudit = (transaction: Transaction, parts: { clock: Clock }, entry: AuditEntry): Promise<void> => writeAuditEach(transaction, parts, [entry]);

/** Of many changes, in one statement and in their order. */
export async function writeAuditEach(transaction: Transaction, { clock }: { clock: Clock }, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ by, action, object, details = {} }) => ({
    actor: by.userId, really: by.realUserId ?? null, action, kind: object.kind, object: object.id, details: by.commandLine === true ? { ...details, by: COMMAND_LINE } : details, session: by.sessionId ?? null, network: by.network ?? null,
  }));
  await transaction`
    with entry as (
      insert into audit_entry (at, actor_id, real_actor_id, action, object_kind, object_id, details, session_id, network)
      select ${new Date(clock.now())}::timestamptz, actor, really, action, kind, object, details, session, network
      from jsonb_to_recordset(${transaction.json(rows)}) as row (actor uuid, really uuid, action text, kind text, object text, details jsonb, session uuid, network text)
      returning id)
    insert into audit_waiting (entry_id) select id from entry`;
}

interface EntryRow {
  readonly id: string;
  readonly at: Date;
  readonly actor_id: string | null;
  readonly real_actor_id: string | null;
  readonly action: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly details: string;
  readonly session_id: string | null;
  readonly network: string | null;
}

/** What a statement selects of `audit_entry as entry` for `toChained`. */
export const entryColumns = (sql: Sql) =>
  sql`entry.id::text as id, entry.at, entry.actor_id, entry.real_actor_id, entry.action, entry.object_kind, entry.object_id, entry.details::text as details, entry.session_id, entry.network`;

export const toChained = (row: EntryRow): ChainedEntry => ({
  id: row.id, at: row.at.getTime(), actorId: row.actor_id, realActorId: row.real_actor_id, action: row.action, objectKind: row.object_kind, objectId: row.object_id,
  details: row.details, sessionId: row.session_id, network: row.network,
});

export type { EntryRow };
