import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { ChainedEntry } from "./audit-chain.ts";

/** What can be looked up later. A new action is named here, or it cannot be written. */
export type AuditAction =
  | "person.create"
  | "person.change"
  | "person.role"
  | "person.suspend"
  | "person.resume"
  | "person.reset"
  | "person.sessions-ended"
  | "password.reset"
  | "password.change"
  | "email.confirm"
  | "email.change"
  | "sign-in"
  | "setting.change";

/** Who acts, for the log. `network`: as `networkOf` shortens it. */
export interface AuditActor {
  readonly userId: string | null;
  readonly realUserId?: string | null;
  readonly sessionId?: string | null;
  readonly network?: string | null;
}

export interface AuditEntry {
  readonly by: AuditActor;
  readonly action: AuditAction;
  readonly object: { readonly kind: string; readonly id: string };
  /** Names of what changed and plain values; never a body, a token or a password. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes an entry with the change that it tells of. */
export async function writeAudit(transaction: Transaction, { clock }: { clock: Clock }, { by, action, object, details = {} }: AuditEntry): Promise<void> {
  await transaction`
    insert into audit_entry (at, actor_id, real_actor_id, action, object_kind, object_id, details, session_id, network)
    values (${new Date(clock.now())}, ${by.userId}, ${by.realUserId ?? null}, ${action}, ${object.kind}, ${object.id}, ${transaction.json(details)}, ${by.sessionId ?? null}, ${by.network ?? null})`;
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
