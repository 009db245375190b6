import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { NewApp } from "@mochila/shared/users/second-factor.ts";
import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import { type AuditActor, writeAudit } from "../../audit/audit.ts";
import type { Database, Sql, Transaction } from "../../db/database.ts";
import type { LetterName } from "../../mail/letters.ts";
import { enqueueLetter } from "../../mail/mail-queue.ts";
import type { PersonRow } from "../people.ts";
import { readSecret } from "../server-secret.ts";
import { appsOf, countFactorsLocked, FACTORS_MAX } from "./factor-rows.ts";
import { beginStep, endStep, peekStep, type StepHolder } from "./factor-step.ts";
import { isFactorAsked } from "./is-factor-asked.ts";
import { countCodes, hasCodeForm, replaceCodes, useRecoveryCode } from "./recovery-codes.ts";
import { seal, unseal } from "./sealed.ts";
import { matchingStep, toBase32, totpAddress } from "./totp.ts";

export interface SecondFactorsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Where people reach the school; passkeys are bound to it. */
  readonly origin: string;
  readonly onLetter: () => void;
}

/** 160 bits, as RFC 4226 asks for. */
const KEY_BYTES = 20;
const NEWS_MS = 3 * 24 * 3_600_000;

export interface NewFactor {
  readonly kind: "totp" | "passkey";
  readonly insert: (transaction: Transaction, id: string) => Promise<unknown>;
}

/**
 * Duty: what a person has besides their password, and its changes. Invariant: a code opens one door once; each change is in the audit log with it, and a
 * letter tells its person. Keys of apps are sealed and recovery codes hashed with secrets of the server.
 */
export class SecondFactors {
  readonly #parts: SecondFactorsParts;

  constructor(parts: SecondFactorsParts) {
    this.#parts = parts;
  }

  /** Whether the school asks this person for one. */
  async isRequired(sql: Sql, { id }: Pick<PersonRow, "id">): Promise<boolean> {
    return isFactorAsked(sql, id);
  }

  /** A key for an authenticator app, which counts with its first code. */
  async beginApp(person: PersonRow, holder: string): Promise<NewApp> {
    const { database, random, origin } = this.#parts;
    const key = random.bytes(KEY_BYTES);
    const sealed = seal(key, { secret: await this.#secret("totp key"), owner: person.id, random });
    const app = await beginStep(database.sql, this.#parts, { purpose: "app", holder, personId: person.id, sealed });
    return { app, key: toBase32(key), address: totpAddress({ key, account: person.email, issuer: `Mochila ${new URL(origin).hostname}` }) };
  }

  /** Throws `wrong_credentials` for a wrong code, `forbidden` where nothing waits. Answers recovery codes with the first factor. */
  async confirmApp(person: PersonRow, by: AuditActor, { app, code, holder }: { app: string; code: string; holder: string }): Promise<string[] | null> {
    const { database, clock } = this.#parts;
    const step: StepHolder & { token: string; purpose: "app" } = { token: app, purpose: "app", holder, personId: person.id };
    const waiting = await peekStep(database.sql, this.#parts, step);
    if (!waiting?.sealed) throw new CodedError("forbidden", "This key waits no longer; begin again.");
    const { sealed } = waiting;
    const key = unseal(sealed, { secret: await this.#secret("totp key"), owner: person.id });
    const used = matchingStep(key, code, { now: clock.now(), after: 0 });
    if (used === null) throw new CodedError("wrong_credentials", "The code is wrong.");
    return this.add(person, by, {
      kind: "totp",
      insert: async (transaction, id) => {
        if (!(await endStep(transaction, this.#parts, step))) throw new CodedError("forbidden", "This key waits no longer; begin again.");
        await transaction`insert into second_factor (id, person_id, kind, name, created_at, sealed_secret, last_step) values (${id}, ${person.id}, 'totp', '', ${new Date(clock.now())}, ${sealed}, ${used})`;
      },
    });
  }

  async add(person: PersonRow, by: AuditActor, { kind, insert }: NewFactor): Promise<string[] | null> {
    const { database, clock, random } = this.#parts;
    const secret = await this.#secret("recovery code");
    const codes = await database.transaction(async (transaction) => {
      const before = await countFactorsLocked(transaction, person.id);
      if (before >= FACTORS_MAX) throw new CodedError("invalid_input", "Nobody needs more of them; remove one first.", { details: { field: "factor" } });
      const id = newId({ clock, random });
      await insert(transaction, id);
      await this.#note(transaction, person, { by, action: "second-factor.add", letter: "factorAdded", kind });
      return before === 0 || (await countCodes(transaction, person.id)) === 0 ? replaceCodes(transaction, { personId: person.id, secret, random }) : null;
    });
    this.#parts.onLetter();
    return codes;
  }

  /** Throws `forbidden` for what is not theirs; `invalid_input` for the last one of somebody who must have one. */
  async remove(person: PersonRow, by: AuditActor, id: string): Promise<void> {
    await this.#parts.database.transaction(async (transaction) => {
      const count = await countFactorsLocked(transaction, person.id);
      const [removed] = await transaction<{ kind: string }[]>`delete from second_factor where id = ${id} and person_id = ${person.id} returning kind`;
      if (!removed) throw new CodedError("forbidden", "This is none of yours.");
      if (count === 1 && (await this.isRequired(transaction, person))) throw new CodedError("invalid_input", "Your school asks you for one; add another first.", { details: { field: "factor" } });
      if (count === 1) await transaction`delete from recovery_code where person_id = ${person.id}`;
      await this.#note(transaction, person, { by, action: "second-factor.remove", letter: "factorRemoved", kind: removed.kind });
    });
    this.#parts.onLetter();
  }

  /** For somebody who lost them. Answers how many there were. */
  async removeAll(transaction: Transaction, person: PersonRow, by: AuditActor): Promise<number> {
    const removed = await transaction`delete from second_factor where person_id = ${person.id} returning 1`;
    await transaction`delete from recovery_code where person_id = ${person.id}`;
    await transaction`delete from pending_sign_in where person_id = ${person.id}`;
    if (removed.length > 0) await this.#note(transaction, person, { by, action: "person.second-factor-removed", letter: "factorsRemoved" });
    return removed.length;
  }

  /** Throws `invalid_input` for somebody who has no factor to recover. */
  async newCodes(person: PersonRow, by: AuditActor): Promise<string[]> {
    const { database, random } = this.#parts;
    const secret = await this.#secret("recovery code");
    const codes = await database.transaction(async (transaction) => {
      if ((await countFactorsLocked(transaction, person.id)) === 0) throw new CodedError("invalid_input", "There is no second factor yet.", { details: { field: "factor" } });
      await this.#note(transaction, person, { by, action: "second-factor.codes", letter: "codesRenewed" });
      return replaceCodes(transaction, { personId: person.id, secret, random });
    });
    this.#parts.onLetter();
    return codes;
  }

  /** Uses a code of an app, or a recovery code. Null: it is none, or was used. */
  async useCode(person: PersonRow, by: AuditActor, code: string): Promise<"totp" | "recovery" | null> {
    const typed = code.replaceAll(/\s/g, "");
    if (await this.#useAppCode(person.id, typed)) return "totp";
    if (!hasCodeForm(typed) || !(await this.#useRecoveryCode(person, by, typed))) return null;
    return "recovery";
  }

  async #useAppCode(personId: string, code: string): Promise<boolean> {
    const { database, clock } = this.#parts;
    const secret = await this.#secret("totp key");
    const now = clock.now();
    for (const { id, sealed_secret: sealed, last_step: last } of await appsOf(database.sql, personId)) {
      const step = matchingStep(unseal(sealed, { secret, owner: personId }), code, { now, after: Number(last) });
      if (step === null) continue;
      // Of two who send the same code at once one comes in.
      const used = await database.sql`update second_factor set last_step = ${step}, used_at = ${new Date(now)} where id = ${id} and last_step < ${step} returning 1`;
      if (used.length > 0) return true;
    }
    return false;
  }

  async #useRecoveryCode(person: PersonRow, by: AuditActor, code: string): Promise<boolean> {
    const { database, clock } = this.#parts;
    const secret = await this.#secret("recovery code");
    const used = await database.transaction(async (transaction) => {
      if (!(await useRecoveryCode(transaction, { personId: person.id, secret, code, now: clock.now() }))) return false;
      const left = await countCodes(transaction, person.id);
      await this.#note(transaction, person, { by, action: "second-factor.recovery", letter: "codeUsed", about: String(left) });
      return true;
    });
    if (used) this.#parts.onLetter();
    return used;
  }

  #secret(name: string): Promise<Uint8Array> {
    return readSecret(this.#parts, name);
  }

  async #note(transaction: Transaction, person: PersonRow, { by, action, letter, kind, about }: { by: AuditActor; action: AuditAction; letter: LetterName; kind?: string; about?: string }): Promise<void> {
    await writeAudit(transaction, this.#parts, { by, action, object: { kind: "person", id: person.id }, ...(kind !== undefined && { details: { kind } }) });
    const words = { name: person.name, address: `${this.#parts.origin}/you/account`, ...(about !== undefined && { about }) };
    await enqueueLetter(transaction, this.#parts, { recipient: person.email, language: person.language as Language, letter, words, usefulMs: NEWS_MS });
  }
}
