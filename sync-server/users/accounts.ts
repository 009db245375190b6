import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { LinkOwner, SignUp } from "@mochila/shared/users/account.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { LetterName } from "../mail/letters.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import type { Hints } from "../sync/hints.ts";
import { checkLink, linkAddress, linkLife, type LinkPurpose, linkPurposes, makeLink, type SignedUp, useLink } from "./account-links.ts";
import { takeLetter } from "./letter-limit.ts";
import type { Passwords } from "./password.ts";
import { checkChoice } from "./password-choice.ts";
import { createPerson, findByEmail, findById, greetedAs, type PersonRow, removeSignUp } from "./people.ts";
import { changeName } from "./profile.ts";
import { replacePassword } from "./replace-password.ts";

export interface AccountsParts {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: Random;
  readonly hints: Pick<Hints, "publish">;
  /** Where links lead; never what a request calls us. */
  readonly origin: string;
  /** A letter was queued. */
  readonly onLetter: () => void;
}

const DAY_MS = 24 * 3_600_000;
/** A letter that only tells something. */
const NEWS_MS = 3 * DAY_MS;

/** Until the end of the transaction nobody else signs up with this e-mail, or gets it. */
const lockEmail = (transaction: Transaction, email: string) => transaction`select pg_advisory_xact_lock(11, hashtext(${email}))`;

/**
 * Duty: accounts are made, proved, recovered and changed, by whom they belong to.
 * Invariant: whoever is not signed in learns nothing of who has an account: every answer and its time are the same, and the rest is in a letter.
 */
export class Accounts {
  readonly #parts: AccountsParts;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  /** Makes an account that waits for its e-mail to be confirmed. An e-mail that has one gets a letter that says so. */
  async signUp({ email, name, password, language }: SignUp): Promise<void> {
    const { database, passwords, clock, random } = this.#parts;
    const passwordHash = await passwords.hash(password);
    await database.transaction(async (transaction) => {
      // Of two at once the second finds what the first has made; else it would be told that somebody has this e-mail.
      await lockEmail(transaction, email);
      const known = await findByEmail(transaction, email);
      if (known && known.email_verified_at !== null) return this.#send(transaction, known, { letter: "exists", address: this.#parts.origin, usefulMs: NEWS_MS });
      const person = known ?? (await createPerson(transaction, { id: newId({ clock, random }), email, name, systemRole: "student", language, passwordHash, verifiedAt: null }));
      // Not proved yet: the row speaks as the last sign-up did, and becomes whichever the owner of the e-mail confirms.
      if (known) await transaction`update person set name = ${name}, password_hash = ${passwordHash}, language = ${language} where id = ${known.id} and email_verified_at is null`;
      await this.#sendLink(transaction, { ...person, name, language }, { purpose: "verify", letter: "verify", signedUp: { name, passwordHash } });
    });
    this.#parts.onLetter();
  }

  /** For somebody whose password was right and whose e-mail is not proved yet. No letter goes where too many went: the one before it is there still. */
  async sendVerification(person: PersonRow): Promise<void> {
    const { name, password_hash: passwordHash } = person;
    if (passwordHash === null || !(await takeLetter(this.#parts, person.email)).allowed) return;
    await this.#parts.database.transaction((transaction) => this.#sendLink(transaction, person, { purpose: "verify", letter: "verify", signedUp: { name, passwordHash } }));
    this.#parts.onLetter();
  }

  /** Whose account a link opens: what whoever holds it may know before they go on. Throws as `useLink` does. */
  async ownerOf(token: string): Promise<LinkOwner> {
    const { database, clock } = this.#parts;
    const { email, person, signedUp } = await checkLink(database.sql, clock, { token, purposes: linkPurposes });
    return { name: signedUp?.name ?? person.name, email };
  }

  /** Throws `forbidden`. */
  async confirmEmail(token: string, network: string): Promise<void> {
    const { database, clock, hints } = this.#parts;
    const changed = await database.transaction(async (transaction) => {
      const { purpose, email, person, signedUp } = await useLink(transaction, clock, { token, purposes: ["verify", "email"] });
      const now = new Date(clock.now());
      await this.#audit(transaction, person, { by: { userId: null, network }, action: purpose === "verify" ? "email.confirm" : "email.change" });
      if (purpose === "verify") {
        // The count ends the links of all other sign-ups with this e-mail.
        await transaction`
          update person set email_verified_at = coalesce(email_verified_at, ${now}), password_hash = coalesce(${signedUp?.passwordHash ?? null}, password_hash), password_version = password_version + 1
          where id = ${person.id}`;
        return signedUp ? changeName(transaction, person.id, signedUp.name) : [];
      }
      await lockEmail(transaction, email);
      await removeSignUp(transaction, email);
      if (await findByEmail(transaction, email)) throw new CodedError("forbidden", "This e-mail belongs to somebody meanwhile.");
      // While the address that it goes to is theirs.
      await this.#send(transaction, person, { letter: "emailChanged", about: email, usefulMs: NEWS_MS });
      await transaction`update person set email = ${email}, email_verified_at = ${now} where id = ${person.id}`;
      return [personScope(person.id)];
    });
    hints.publish(changed);
    this.#parts.onLetter();
  }

  /** A letter with a link, if somebody has this e-mail. */
  async forgot(email: string): Promise<void> {
    await this.#parts.database.transaction(async (transaction) => {
      const person = await findByEmail(transaction, email);
      if (person?.state === "active") await this.#sendLink(transaction, person, { purpose: "reset", letter: "reset" });
    });
    this.#parts.onLetter();
  }

  /** The link of a reset or an invitation. Every session ends; nobody is signed in by it. Throws `forbidden`, and `invalid_input` as `checkChoice` does: then the link still opens. */
  async reset({ token, password, network }: { token: string; password: string; network: string }): Promise<void> {
    const { database, passwords, clock, hints } = this.#parts;
    const link = { token, purposes: ["reset", "invitation"] } as const;
    // A hash costs the server more than its asker: only who holds a link gets one.
    checkChoice(password, (await checkLink(database.sql, clock, link)).person);
    const passwordHash = await passwords.hash(password);
    const person = await database.transaction(async (transaction) => {
      const used = await useLink(transaction, clock, link);
      await replacePassword(transaction, this.#parts, { person: used.person, passwordHash, keep: null });
      await this.#audit(transaction, used.person, { by: { userId: null, network }, action: "password.reset" });
      // Whoever opened the letter has proved the e-mail.
      await transaction`update person set email_verified_at = coalesce(email_verified_at, ${new Date(clock.now())}) where id = ${used.person.id}`;
      return used.person;
    });
    hints.publish([personScope(person.id)]);
    this.#parts.onLetter();
  }

  /** `sessionId`: the one that goes on. Throws `wrong_credentials`, and `invalid_input` for the same password and as `checkChoice` does. */
  async changePassword(userId: string, { current, password, sessionId, network }: { current: string; password: string; sessionId: string; network: string }): Promise<void> {
    const { database, passwords, hints } = this.#parts;
    const person = await this.proved(userId, current);
    if (password === current) throw new CodedError("invalid_input", "This is the password already.", { details: { field: "password", problem: "same" } });
    checkChoice(password, person);
    const passwordHash = await passwords.hash(password);
    await database.transaction(async (transaction) => {
      await replacePassword(transaction, this.#parts, { person, passwordHash, keep: sessionId });
      await this.#audit(transaction, person, { by: { userId, sessionId, network }, action: "password.change" });
    });
    hints.publish([personScope(userId)]);
    this.#parts.onLetter();
  }

  /** Asks the new e-mail to confirm; until then the old one stands. Throws `wrong_credentials`. */
  async changeEmail(userId: string, { email, password }: { email: string; password: string }): Promise<void> {
    const person = await this.proved(userId, password);
    await this.#parts.database.transaction(async (transaction) => {
      // Who has it already is told nothing new, and the one who asks learns nothing of them.
      const known = await findByEmail(transaction, email);
      if (known && known.email_verified_at !== null) return;
      await this.#sendLink(transaction, person, { purpose: "email", letter: "confirmEmail", email });
    });
    this.#parts.onLetter();
  }

  /** A new account of somebody whom staff vouch for; they choose the password by the link, which is answered. */
  invite(transaction: Transaction, person: PersonRow, by: string): Promise<string> {
    return this.#sendLink(transaction, person, { purpose: "invitation", letter: "invitation", about: by });
  }

  /** As `forgot`, for staff who know whom they help. `handedOn`: through their hands. Answers the link. */
  sendReset(transaction: Transaction, person: PersonRow, handedOn: boolean): Promise<string> {
    return this.#sendLink(transaction, person, { purpose: "reset", letter: "reset", handedOn });
  }

  /** The person behind a session, who says their password again. Throws `wrong_credentials`. */
  async proved(userId: string, password: string): Promise<PersonRow> {
    const person = await findById(this.#parts.database.sql, userId);
    const matched = await this.#parts.passwords.matches(password, person?.password_hash ?? null);
    if (!person || !matched) throw new CodedError("wrong_credentials", "The password is wrong.");
    return person;
  }

  /** After the commit of what queued letters in a transaction of its own. */
  lettersQueued(): void {
    this.#parts.onLetter();
  }

  #audit(transaction: Transaction, { id }: PersonRow, { by, action }: { by: AuditActor; action: AuditAction }): Promise<void> {
    return writeAudit(transaction, this.#parts, { by, action, object: { kind: "person", id } });
  }

  async #sendLink(transaction: Transaction, person: PersonRow, { purpose, letter, email, about, signedUp, handedOn = false }: { purpose: LinkPurpose; letter: LetterName; email?: string; about?: string; signedUp?: SignedUp; handedOn?: boolean }): Promise<string> {
    const token = await makeLink(transaction, this.#parts, { person, purpose, handedOn, ...(email !== undefined && { email }), ...(signedUp && { signedUp }) });
    const address = linkAddress(this.#parts.origin, purpose, token);
    await this.#send(transaction, person, { letter, address, usefulMs: linkLife(purpose, handedOn), ...(email !== undefined && { email }), ...(about !== undefined && { about }) });
    return address;
  }

  async #send(transaction: Transaction, person: PersonRow, { letter, usefulMs, email = person.email, ...words }: { letter: LetterName; usefulMs: number; email?: string; address?: string; about?: string }): Promise<void> {
    await enqueueLetter(transaction, this.#parts, { recipient: email, language: person.language as Language, letter, words: { name: greetedAs(person, email), ...words }, usefulMs });
  }
}
