import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { type PersonRow, removeSignUp } from "../users/people.ts";

const refused = (problem: "opened" | "taken", message: string): CodedError => new CodedError("invalid_input", message, { details: { field: "email", problem } });

function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw refused("taken", "Somebody already has this e-mail.");
  throw error;
}

/**
 * Another e-mail for an account that nobody has opened: whoever typed it put it wrong. Once a password is chosen the e-mail is its person's alone, for whoever
 * changes it takes the account over by a new password. Every link of before opens nothing any more, also after the way back (`password_version`), and what waits
 * to be sent does not go to a stranger. Throws `invalid_input`, with `opened` or `taken`; who is suspended is let in first.
 */
export async function putEmailRight(transaction: Transaction, { clock }: { clock: Clock }, { by, id, email }: { by: AuditActor; id: string; email: string }): Promise<PersonRow> {
  await removeSignUp(transaction, email);
  const [person] = await transaction<PersonRow[]>`
    update person set email = ${email}, password_version = password_version + 1 where id = ${id} and password_hash is null and state = 'active' returning *`.catch(explain);
  if (!person) throw refused("opened", "The e-mail of an account that somebody has opened is theirs to change; who is suspended is let in first.");
  await transaction`delete from mail where person_id = ${id} and state = 'waiting'`;
  await writeAudit(transaction, { clock }, { by, action: "person.email", object: { kind: "person", id } });
  return person;
}
