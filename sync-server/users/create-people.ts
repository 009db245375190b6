import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { grantEach } from "../access/grants.ts";
import type { Transaction } from "../db/database.ts";
import type { NewPerson } from "./people.ts";

/** `createPerson` for many whom staff vouch for, in a fixed number of statements; a sign-up that gives way is named by its own id. Throws `invalid_input` when one of the e-mails is taken: somebody was quicker; look again. */
export async function createPeople(transaction: Transaction, people: readonly Pick<NewPerson, "id" | "email" | "name" | "systemRole" | "language">[]): Promise<void> {
  if (people.length === 0) return;
  const made = await transaction`
    insert into person as known (id, email, name, system_role, language, email_verified_at)
    select id, email, name, system_role, language, now()
    from unnest(${people.map(({ id }) => id)}::uuid[], ${people.map(({ email }) => email)}::text[], ${people.map(({ name }) => name)}::text[],
      ${people.map(({ systemRole }) => systemRole)}::text[], ${people.map(({ language }) => language)}::text[]) as person (id, email, name, system_role, language)
    order by email on conflict (email) do update set name = excluded.name, system_role = excluded.system_role, language = excluded.language, password_hash = null,
      email_verified_at = excluded.email_verified_at, password_version = known.password_version + 1
    where known.id = excluded.id and known.email_verified_at is null and known.state = 'active' returning id`;
  if (made.length < people.length) throw new CodedError("invalid_input", "Somebody already has one of these e-mails.", { details: { field: "email" } });
  await grantEach(transaction, people.flatMap(({ id }) => [{ userId: id, scope: personScope(id) }, { userId: id, scope: "all" as const }]));
}
