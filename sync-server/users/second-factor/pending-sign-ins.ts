import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { Database, Sql } from "../../db/database.ts";
import type { PersonRow } from "../people.ts";
import { hashToken, newToken } from "../secret-token.ts";
import { methodsOf } from "./factor-rows.ts";
import type { SecondFactors } from "./second-factors.ts";

const LIFE_MS = 10 * 60_000;
/** Then the password is asked for again. */
const TRIES_MAX = 5;
const SWEPT_MAX = 20;

/** The token of the second step, and the secret of the browser that began. */
export interface PendingKeys {
  readonly token: string;
  readonly browser: string;
}

interface Row extends PersonRow {
  readonly proved: boolean;
  readonly shared_computer: boolean;
  readonly pending_version: number;
}

export interface Pending {
  readonly person: PersonRow;
  /** A factor was set up in this sign-in: no other proof is asked for. */
  readonly proved: boolean;
  /** As the first step said it. */
  readonly sharedComputer: boolean;
  /** What steps of it are bound to. */
  readonly holder: string;
}

const over = (): CodedError => new CodedError("session_ended", "This sign-in has waited too long or was used; begin again.");

/**
 * Duty: sign-ins whose password was right and whose second factor is awaited. Invariant: such a sign-in opens nothing but its second step, once, within
 * 10 minutes, in the browser that began it, while the password and the account are still what they were.
 */
export class PendingSignIns {
  readonly #parts: { readonly database: Database; readonly clock: Clock; readonly random: Random; readonly factors: SecondFactors };

  constructor(parts: { database: Database; clock: Clock; random: Random; factors: SecondFactors }) {
    this.#parts = parts;
  }

  /** Null: nothing more is asked of this person. */
  async begin(person: PersonRow, sharedComputer: boolean): Promise<{ pending: PendingSignIn; browser: string } | null> {
    const { database, clock, random, factors } = this.#parts;
    const methods = await methodsOf(database.sql, person.id);
    if (methods.length === 0 && !(await factors.isRequired(database.sql, person))) return null;
    const [token, browser] = [newToken(random), newToken(random)];
    const now = clock.now();
    await database.sql`delete from pending_sign_in where hash in (select hash from pending_sign_in where expires_at < ${new Date(now)} limit ${SWEPT_MAX} for update skip locked)`;
    await database.sql`
      insert into pending_sign_in (hash, browser_hash, person_id, password_version, shared_computer, expires_at)
      values (${hashToken(token)}, ${hashToken(browser)}, ${person.id}, ${person.password_version}, ${sharedComputer}, ${new Date(now + LIFE_MS)})`;
    return { pending: { token, methods }, browser };
  }

  /** Throws `session_ended`. */
  async read(keys: PendingKeys): Promise<Pending> {
    const { sql } = this.#parts.database;
    return this.#checked(keys, await sql<Row[]>`
      select person.*, pending.proved, pending.shared_computer, pending.password_version as pending_version from pending_sign_in as pending join person on person.id = pending.person_id where ${this.#is(sql, keys)}`);
  }

  /** As `read`, and counts a try before its outcome is known. Throws `session_ended`. */
  async try(keys: PendingKeys): Promise<Pending> {
    const { sql } = this.#parts.database;
    return this.#checked(keys, await sql<Row[]>`
      update pending_sign_in as pending set tries = tries + 1 from person where person.id = pending.person_id and ${this.#is(sql, keys)} and pending.tries < ${TRIES_MAX}
      returning person.*, pending.proved, pending.shared_computer, pending.password_version as pending_version`);
  }

  /** The second factor was right, or set up: of two at once one comes in. Throws `session_ended`. */
  async end(keys: PendingKeys): Promise<void> {
    const { sql } = this.#parts.database;
    const ended = await sql`delete from pending_sign_in as pending where ${this.#is(sql, keys)} returning 1`;
    if (ended.length === 0) throw over();
  }

  /** Somebody who had no factor has set one up here. */
  async prove(keys: PendingKeys): Promise<void> {
    const { sql } = this.#parts.database;
    await sql`update pending_sign_in as pending set proved = true where ${this.#is(sql, keys)}`;
  }

  #is(sql: Sql, { token, browser }: PendingKeys) {
    const [hash, browserHash] = [hashToken(token) ?? Buffer.alloc(0), hashToken(browser) ?? Buffer.alloc(0)];
    return sql`pending.hash = ${hash} and pending.browser_hash = ${browserHash} and pending.expires_at > ${new Date(this.#parts.clock.now())}`;
  }

  #checked({ token }: PendingKeys, [row]: readonly Row[]): Pending {
    if (!row || row.state !== "active" || row.password_version !== row.pending_version) throw over();
    return { person: row, proved: row.proved, sharedComputer: row.shared_computer, holder: `pending ${(hashToken(token) ?? Buffer.alloc(0)).toString("hex")}` };
  }
}
