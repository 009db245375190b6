import { CodedError } from "@mochila/shared/errors.ts";
import type { Database } from "../db/database.ts";
import type { Accounts } from "./accounts.ts";
import type { Passwords } from "./password.ts";
import { findByEmail, type PersonRow } from "./people.ts";
import type { Sessions } from "./sessions.ts";
import type { SignInLimit } from "./sign-in-limit.ts";

export interface SignInDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly limit: SignInLimit;
  readonly sessions: Pick<Sessions, "origin">;
  readonly accounts: Pick<Accounts, "sendVerification">;
}

/**
 * Checks an e-mail and a password. Unknown, suspended and wrong take the same way and the same time and get the same answer: nobody
 * learns who has an account. `refreshToken`: of the browser's last session, if it has one. Throws `wrong_credentials`,
 * `email_unverified`, `too_many_requests`, `unavailable`.
 */
export async function signIn(
  { database, passwords, limit, sessions, accounts }: SignInDependencies,
  { email, password, network, refreshToken }: { email: string; password: string; network: string; refreshToken: string },
): Promise<PersonRow> {
  const before = await sessions.origin(refreshToken);
  const succeed = limit.begin({ email, network, ownSession: before?.email === email ? before.sessionId : null });
  const person = await findByEmail(database.sql, email);
  const stored = person?.state === "active" ? person.password_hash : null;
  const matched = await passwords.matches(password, stored);
  if (!person || !stored || !matched) throw new CodedError("wrong_credentials", "The e-mail or the password is wrong.");
  succeed();
  if (person.email_verified_at === null) {
    // Whoever knows the password may know this. A new letter goes with each try; tries are bounded.
    await accounts.sendVerification(person);
    throw new CodedError("email_unverified", "The e-mail is not confirmed yet; a letter with the link is on its way.");
  }
  if (passwords.isOutdated(stored)) {
    const again = await passwords.hash(password);
    await database.sql`update person set password_hash = ${again} where id = ${person.id} and password_hash = ${stored}`;
  }
  return person;
}
