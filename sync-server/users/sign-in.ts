import { CodedError } from "@mochila/shared/errors.ts";
import type { Database } from "../db/database.ts";
import type { Accounts } from "./accounts.ts";
import type { Passwords } from "./password.ts";
import { findByEmail, type PersonRow } from "./people.ts";
import type { RefusedSignIns } from "./refused-sign-ins.ts";
import type { Sessions } from "./sessions.ts";
import type { SignInLimit } from "./sign-in-limit.ts";

export interface SignInDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly limit: SignInLimit;
  readonly refused: RefusedSignIns;
  readonly sessions: Pick<Sessions, "origin">;
  readonly accounts: Pick<Accounts, "sendVerification">;
}

/**
 * Checks an e-mail and a password. Unknown and wrong take the same way and the same time and get the same answer: nobody learns who has an account, or how it
 * stands with it; whoever knows the password is told. `refreshToken`: of the browser's last session, if it has one. Throws `wrong_credentials`,
 * `account_suspended`, `email_unverified`, `too_many_requests`, `unavailable`.
 */
export async function signIn(
  { database, passwords, limit, refused, sessions, accounts }: SignInDependencies,
  { email, password, network, refreshToken }: { email: string; password: string; network: string; refreshToken: string },
): Promise<PersonRow> {
  const before = await sessions.origin(refreshToken);
  const attempt = await limit.begin({ target: email, network, ownSession: before?.email === email ? before.sessionId : null });
  const person = await findByEmail(database.sql, email);
  const stored = person?.password_hash ?? null;
  const matched = await passwords.matches(password, stored).catch(async (error: unknown) => {
    await attempt.unlooked();
    throw error;
  });
  if (!person || !stored || !matched) {
    await refused.note({ personId: person?.id ?? null, network, tries: attempt.tries, what: "password" });
    throw new CodedError("wrong_credentials", "The e-mail or the password is wrong.");
  }
  if (person.state !== "active") {
    await refused.note({ personId: person.id, network, tries: attempt.tries, what: "suspended" });
    throw suspended();
  }
  if (person.email_verified_at === null) {
    // Whoever knows the password may know this. Such a try opens nothing and is counted as a wrong one: whoever signed up with somebody else's e-mail knows its password.
    await accounts.sendVerification(person);
    throw new CodedError("email_unverified", "The e-mail is not confirmed yet; a letter with the link is on its way.");
  }
  await attempt.right();
  if (passwords.isOutdated(stored)) {
    const again = await passwords.hash(password);
    await database.sql`update person set password_hash = ${again} where id = ${person.id} and password_hash = ${stored}`;
  }
  return person;
}

/** For somebody who has proved who they are, and nobody else. */
export const suspended = (): CodedError => new CodedError("account_suspended", "This account is suspended; an administrator of the school can let its person in again.");
