import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type AuditActor, type AuditEntry, writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { isFactorAsked } from "./second-factor/is-factor-asked.ts";
import { endAllSessions } from "./session-list.ts";

export interface RoleChange {
  readonly personId: string;
  readonly from: SystemRole;
  readonly to: SystemRole;
  /** What else the entry in the log says: the import that did it. */
  readonly of?: AuditEntry["details"];
}

/**
 * Whoever changes a role, one by one or by a file, changes it here. Who sees other people's work from now on comes in again as the school asks of staff: their sessions
 * were opened as less, perhaps with a password alone. The row of the person is locked by the caller, who publishes their scope after the commit.
 */
export async function changeSystemRole(transaction: Transaction, { clock }: { readonly clock: Clock }, by: AuditActor, { personId, from, to, of }: RoleChange): Promise<void> {
  await transaction`update person set system_role = ${to} where id = ${personId}`;
  // Made for less: whoever carries it must not come in as an administrator by it (decision 0448).
  if (to === "administrator") await transaction`delete from account_link where person_id = ${personId} and handed_on and used_at is null`;
  // For good, also when the role goes as soon as it came (AC3); whoever tells of ends finds them.
  const now = new Date(clock.now());
  if (to === "administrator") await transaction`update session set ended_at = ${now}, end_reason = 'became an administrator' where person_id = ${personId} and acting_by is not null and ended_at is null`;
  if (from === "administrator") await transaction`update session set ended_at = ${now}, end_reason = 'of a former administrator' where acting_by = ${personId} and ended_at is null`;
  if (to !== "student" && (await isFactorAsked(transaction, personId))) await endAllSessions(transaction, { userId: personId, now: clock.now(), reason: "second factor required" });
  await writeAudit(transaction, { clock }, { by, action: "person.role", object: { kind: "person", id: personId }, details: { from, to, ...of } });
}
