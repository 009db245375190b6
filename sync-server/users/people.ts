import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { User } from "@mochila/shared/users/session.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { ensurePersonScopes } from "../access/grants.ts";

/** A row of the table `person`. */
export interface PersonRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly system_role: string;
  readonly language: string;
  readonly password_hash: string | null;
  readonly password_version: number;
  readonly state: string;
  /** Null: cannot sign in yet. */
  readonly email_verified_at: Date | null;
  readonly picture_id: string | null;
  readonly time_zone: string | null;
}

export interface NewPerson {
  readonly id: string;
  /** In lower case, as the schema `Email` leaves it. */
  readonly email: string;
  readonly name: string;
  readonly systemRole: SystemRole;
  readonly language: Language;
  readonly passwordHash: string | null;
  /** Null: the e-mail is still to be proved. Left out: staff vouch for it. */
  readonly verifiedAt?: Date | null;
}

/** The one place where a row becomes what devices see of a person: never the hash. */
export const toUser = (row: PersonRow): User => ({
  id: row.id, email: row.email, name: row.name, systemRole: row.system_role as SystemRole, language: row.language as Language,
  picture: row.picture_id, timeZone: row.time_zone,
});

/**
 * How a letter to this address greets them: by no name where nobody has proved that the two belong together. Anybody may type both, and a stranger's sentence must
 * not stand in a letter of the school.
 */
export const greetedAs = ({ name, email, email_verified_at: verifiedAt }: Pick<PersonRow, "name" | "email" | "email_verified_at">, to = email): string => (verifiedAt !== null && to === email ? name : "");

export async function findByEmail(sql: Sql, email: string): Promise<PersonRow | null> {
  const [row] = await sql<PersonRow[]>`select * from person where email = ${email}`;
  return row ?? null;
}

export async function findById(sql: Sql, id: string): Promise<PersonRow | null> {
  const [row] = await sql<PersonRow[]>`select * from person where id = ${id}`;
  return row ?? null;
}

export async function anyoneExists(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ exists: boolean }[]>`select exists (select 1 from person)`;
  return row?.exists ?? false;
}

/**
 * A sign-up that nobody has confirmed is nobody's account: it gives way to who has the e-mail now, and no link or letter of it opens anything. One that is
 * confirmed stays, and the e-mail with it.
 */
export async function removeSignUp(transaction: Transaction, email: string): Promise<void> {
  await transaction`delete from mail using person where person.email = ${email} and person.email_verified_at is null and mail.person_id = person.id and mail.state = 'waiting'`;
  await transaction`delete from person where email = ${email} and email_verified_at is null and state = 'active'`;
}

/**
 * Makes a person with the scopes that everyone has. A sign-up that nobody has confirmed gives way to an account by staff: its row goes on with nothing of what a
 * stranger may have chosen, and no link to it opens. Throws `invalid_input` when the e-mail is taken.
 */
export async function createPerson(transaction: Transaction, person: NewPerson): Promise<PersonRow> {
  const [row] = await transaction<PersonRow[]>`
    insert into person (id, email, name, system_role, language, password_hash, email_verified_at)
    values (${person.id}, ${person.email}, ${person.name}, ${person.systemRole}, ${person.language}, ${person.passwordHash}, ${person.verifiedAt === undefined ? transaction`now()` : person.verifiedAt})
    on conflict (email) do update set name = excluded.name, system_role = excluded.system_role, language = excluded.language, password_hash = excluded.password_hash,
      email_verified_at = excluded.email_verified_at, password_version = person.password_version + 1
    where excluded.email_verified_at is not null and person.email_verified_at is null and person.state = 'active' returning *`;
  if (!row) throw new CodedError("invalid_input", "Somebody already has this e-mail.", { details: { field: "email" } });
  await ensurePersonScopes(transaction, row.id);
  return row;
}
