import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import type { ChangedPerson, LinkSent, NewAccount, PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type AuditActor, type AuditEntry, writeAudit } from "../audit/audit.ts";
import { changeSystemRole } from "../users/change-system-role.ts";
import { endAllSessions } from "../users/session-list.ts";
import type { SecondFactors } from "../users/second-factor/second-factors.ts";
import type { Accounts } from "../users/accounts.ts";
import { linkLife, type LinkPurpose } from "../users/account-links.ts";
import type { ProveOwnPassword } from "../users/own-password.ts";
import { createPerson, type PersonRow } from "../users/people.ts";
import { changeName } from "../users/profile.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Hints } from "../sync/hints.ts";
import { putEmailRight } from "./put-email-right.ts";
import { readPerson } from "./people.ts";

export interface PersonActionsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly hints: Pick<Hints, "publish">;
  readonly accounts: Accounts;
  readonly factors: SecondFactors;
  readonly provePassword: ProveOwnPassword;
  /** Nobody sends letters: the administrator hands the link on. */
  readonly handsOnLinks: boolean;
}

/** The same for what does not exist and what is none: an administrator may know everybody, so nothing is hidden by it. */
const nobody = (): CodedError => new CodedError("forbidden", "There is no such person.");

/** An administrator, who asks at the door or whoever runs the machine, and who does not exist: the same answer. */
const noLink = (): CodedError => new CodedError("forbidden", "There is nobody here into whose account you may get a link; an administrator asks at the door, or whoever runs the machine.");

/** What an administrator does with accounts. Every change is in the audit log with it. */
export class PersonActions {
  readonly #parts: PersonActionsParts;

  constructor(parts: PersonActionsParts) {
    this.#parts = parts;
  }

  /** Makes an account and invites its person. Throws `invalid_input` for an e-mail that has one. */
  async create(by: AuditActor, account: NewAccount): Promise<PersonLine & LinkSent> {
    const { database, accounts, clock, random } = this.#parts;
    const { id, link } = await database.transaction(async (transaction) => {
      const person = await createPerson(transaction, { ...account, id: newId({ clock, random }), passwordHash: null });
      const address = await accounts.invite(transaction, person, await this.#nameOf(transaction, by));
      await this.#audit(transaction, { by, action: "person.create", object: { kind: "person", id: person.id }, details: { role: account.systemRole } });
      return { id: person.id, link: address };
    });
    accounts.lettersQueued();
    return { ...(await this.#line(id)), ...this.#sent(account.email, link, "invitation") };
  }

  /** Throws `forbidden`; `invalid_input` for the last administrator, for one's own rights, and as `putEmailRight` does. */
  async change(by: AuditActor, id: string, change: PersonChange): Promise<ChangedPerson> {
    const { database, hints, accounts } = this.#parts;
    const { scopes, sent } = await database.transaction(async (transaction) => {
      const person = await this.#lock(transaction, id);
      const told: string[] = [];
      if (change.systemRole !== undefined && change.systemRole !== person.system_role) await this.#changeRole(transaction, { by, person, role: change.systemRole });
      if (change.state !== undefined && change.state !== person.state) await this.#changeState(transaction, { by, person, state: change.state });
      if (change.name !== undefined && change.name !== person.name) {
        told.push(...(await changeName(transaction, person.id, change.name)));
        await this.#audit(transaction, { by, action: "person.change", object: { kind: "person", id }, details: { field: "name" } });
      }
      const link = change.email !== undefined && change.email !== person.email ? await this.#inviteAt(transaction, { by, id, email: change.email }) : null;
      return { scopes: [...told, personScope(id)], sent: link === null ? null : this.#sent(change.email ?? "", link, "invitation") };
    });
    hints.publish(scopes);
    if (sent) accounts.lettersQueued();
    return { ...(await this.#line(id)), sent };
  }

  /**
   * A letter with a link to a new password: to whom it belongs, or through the administrator's hands. Whoever holds the link is that person, so who gets it here
   * says their own `password` first, and nobody gets one of an administrator. Throws `forbidden`, `invalid_input`; `wrong_credentials` and `too_many_requests` as `ProveOwnPassword` does.
   */
  async sendReset(by: AuditActor, id: string, password: string | undefined): Promise<LinkSent> {
    const { database, accounts, handsOnLinks } = this.#parts;
    if (handsOnLinks) await this.#proveForLink(by, id, password);
    const { email, link } = await database.transaction(async (transaction) => {
      const person = await this.#lock(transaction, id);
      this.#checkReset(person);
      const address = await accounts.sendReset(transaction, person, handsOnLinks);
      await this.#audit(transaction, { by, action: "person.reset", object: { kind: "person", id } });
      return { email: person.email, link: address };
    });
    accounts.lettersQueued();
    return this.#sent(email, link, "reset");
  }

  /** For somebody who lost them: they come in with their password. A letter tells them. Throws `invalid_input` for one's own: those are removed with the password. */
  async removeSecondFactors(by: AuditActor, id: string): Promise<PersonLine> {
    if (id === by.userId) throw new CodedError("invalid_input", "Your own are removed on your account page, with your password.", { details: { field: "factor" } });
    await this.#parts.database.transaction(async (transaction) => this.#parts.factors.removeAll(transaction, await this.#lock(transaction, id), by));
    this.#parts.accounts.lettersQueued();
    return this.#line(id);
  }

  /** A new letter for somebody who has chosen no password yet; the link of the one before opens nothing any more. Throws `invalid_input` for who has one. */
  async inviteAgain(by: AuditActor, id: string): Promise<LinkSent> {
    const { database, accounts } = this.#parts;
    const { email, link } = await database.transaction(async (transaction) => {
      const person = await this.#lock(transaction, id);
      if (person.state !== "active" || person.password_hash !== null) throw new CodedError("invalid_input", "This person can sign in already, or is suspended.", { details: { field: "state" } });
      const address = await accounts.invite(transaction, person, await this.#nameOf(transaction, by));
      await this.#audit(transaction, { by, action: "person.invite", object: { kind: "person", id } });
      return { email: person.email, link: address };
    });
    accounts.lettersQueued();
    return this.#sent(email, link, "invitation");
  }

  async endSessions(by: AuditActor, id: string): Promise<void> {
    const { database, clock, hints } = this.#parts;
    await database.transaction(async (transaction) => {
      await this.#lock(transaction, id);
      await endAllSessions(transaction, { userId: id, now: clock.now(), reason: "ended by an administrator" });
      await this.#audit(transaction, { by, action: "person.sessions-ended", object: { kind: "person", id } });
    });
    hints.publish([personScope(id)]);
  }

  /** Whom no link may be made for is said before a password is asked for, and again when it was right. */
  async #proveForLink({ userId }: AuditActor, id: string, password: string | undefined): Promise<void> {
    const { database, provePassword } = this.#parts;
    const [person] = isUuid(id) ? await database.sql<PersonRow[]>`select * from person where id = ${id} and state <> 'closed'` : [];
    this.#checkReset(person);
    if (userId === null) throw new CodedError("not_signed_in", "Sign in first.");
    if (password === undefined) throw new CodedError("invalid_input", "Say your own password: this link opens somebody else's account.", { details: { field: "password" } });
    await provePassword(userId, password);
  }

  #checkReset(person: PersonRow | undefined): asserts person is PersonRow {
    if (!person || (this.#parts.handsOnLinks && person.system_role === "administrator")) throw noLink();
    if (person.state !== "active") throw new CodedError("invalid_input", "This account is suspended; let the person in again first.", { details: { field: "state" } });
  }

  async #changeRole(transaction: Transaction, { by, person, role }: { by: AuditActor; person: PersonRow; role: NonNullable<PersonChange["systemRole"]> }): Promise<void> {
    if (person.id === by.userId) throw new CodedError("invalid_input", "Nobody changes their own role; ask another administrator.", { details: { field: "systemRole" } });
    if (person.system_role === "administrator") await this.#checkNotLast(transaction, person.id);
    await changeSystemRole(transaction, this.#parts, by, { personId: person.id, from: person.system_role as SystemRole, to: role });
  }

  async #inviteAt(transaction: Transaction, { by, id, email }: { by: AuditActor; id: string; email: string }): Promise<string> {
    const person = await putEmailRight(transaction, this.#parts, { by, id, email });
    const link = await this.#parts.accounts.invite(transaction, person, await this.#nameOf(transaction, by));
    await this.#audit(transaction, { by, action: "person.invite", object: { kind: "person", id } });
    return link;
  }

  async #changeState(transaction: Transaction, { by, person, state }: { by: AuditActor; person: PersonRow; state: "active" | "suspended" }): Promise<void> {
    if (person.id === by.userId) throw new CodedError("invalid_input", "Nobody suspends themselves; ask another administrator.", { details: { field: "state" } });
    if (state === "suspended" && person.system_role === "administrator") await this.#checkNotLast(transaction, person.id);
    await transaction`update person set state = ${state} where id = ${person.id}`;
    if (state === "suspended") await endAllSessions(transaction, { userId: person.id, now: this.#parts.clock.now(), reason: "suspended" });
    await this.#audit(transaction, { by, action: state === "suspended" ? "person.suspend" : "person.resume", object: { kind: "person", id: person.id } });
  }

  /** Locks all of them: of two who suspend each other at once, one is refused. */
  async #checkNotLast(transaction: Transaction, id: string): Promise<void> {
    const others = await transaction`select id from person where system_role = 'administrator' and state = 'active' and closing_at is null order by id for update`;
    if (!others.some((other) => other["id"] !== id)) throw new CodedError("invalid_input", "A school needs an administrator; make another one first.", { details: { field: "systemRole" } });
  }

  async #lock(transaction: Transaction, id: string): Promise<PersonRow> {
    const [person] = isUuid(id) ? await transaction<PersonRow[]>`select * from person where id = ${id} and state <> 'closed' for update` : [];
    if (!person) throw nobody();
    return person;
  }

  async #nameOf(transaction: Transaction, { userId }: AuditActor): Promise<string> {
    const [row] = await transaction<{ name: string }[]>`select name from person where id = ${userId}`;
    return row?.name ?? "";
  }

  #sent(email: string, link: string, purpose: LinkPurpose): LinkSent {
    const { clock, handsOnLinks } = this.#parts;
    return { sentTo: email, link: handsOnLinks ? link : null, expiresAt: clock.now() + linkLife(purpose, handsOnLinks) };
  }

  async #line(id: string): Promise<PersonLine> {
    const line = await readPerson(this.#parts.database.sql, id);
    assert(line, "who was just written is there");
    return line;
  }

  #audit(transaction: Transaction, entry: AuditEntry): Promise<void> {
    return writeAudit(transaction, this.#parts, entry);
  }
}
