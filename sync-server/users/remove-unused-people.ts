import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Transaction } from "../db/database.ts";

/**
 * Removes accounts that nobody has ever come in with, chosen a password for, or been given another role or a course with since: the others stay, whole. Sign-ups under
 * their e-mails are free again and letters that wait for them are not sent. `onRemove` takes away what else names them. Answers who is gone.
 */
export async function removeUnusedPeople(
  transaction: Transaction,
  people: readonly { readonly id: string; readonly systemRole: SystemRole }[],
  onRemove: (ids: readonly string[]) => Promise<readonly Scope[]>,
): Promise<{ ids: ReadonlySet<string>; scopes: readonly Scope[] }> {
  if (people.length === 0) return { ids: new Set(), scopes: [] };
  const unused = await transaction<{ id: string; email: string }[]>`
    select person.id, person.email from person join unnest(${people.map(({ id }) => id)}::uuid[], ${people.map(({ systemRole }) => systemRole)}::text[]) as made (id, role) on made.id = person.id
    where person.password_hash is null and person.state = 'active' and person.system_role = made.role
      and not exists (select 1 from session where session.person_id = person.id and session.acting_by is null)
      and not exists (select 1 from doc_members as member where member.owner_id = person.id and not member.deleted and member.body ->> 'state' = 'active')`;
  const ids = unused.map(({ id }) => id);
  const scopes = await onRemove(ids);
  await transaction`delete from mail where state = 'waiting' and recipient = any(${unused.map(({ email }) => email)})`;
  await transaction`delete from person where id = any(${ids}::uuid[])`;
  return { ids: new Set(ids), scopes };
}
