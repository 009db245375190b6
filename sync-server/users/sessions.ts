import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Log } from "../log.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import type { Hints } from "../sync/hints.ts";
import { issueAccessToken } from "./access-token.ts";
import { type PersonRow, toUser } from "./people.ts";
import { hashToken, newToken, successorOf } from "./secret-token.ts";
import { readSecret } from "./server-secret.ts";
import { decideRefresh, isExpired } from "./session-lifetime.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { worksAsStaff } from "./works-as-staff.ts";

/** A letter that only tells something. */
const NEWS_MS = 3 * 24 * 3_600_000;

/** What a sign-in or a refresh gives: the access token for the page's memory, the refresh token for the cookie. */
export interface Opened {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly user: User;
  readonly refreshToken: string;
  readonly sharedComputer: boolean;
  readonly closingTakenBack?: boolean;
}

/** Where and how a session was opened. `device`: as people would call it. */
export interface Opening {
  readonly device: string;
  readonly network: string;
  readonly factor: Factor;
  /** It ends with the browser, and after a short rest. */
  readonly sharedComputer: boolean;
  /** From when its longest life counts, where it comes in the place of another. Left out: now. */
  readonly since?: Date;
}

/** What a sign-in was proved with besides the password; a passkey may also stand in its place. */
export type Factor = "none" | "totp" | "passkey" | "recovery" | "set-up" | "device-key";

interface SessionRow extends PersonRow {
  readonly session_id: string;
  readonly number: number;
  readonly token_number: number;
  readonly confirmed_number: number;
  readonly session_created_at: Date;
  readonly rotated_at: Date;
  readonly ended_at: Date | null;
  readonly staff: boolean;
  readonly shared_computer: boolean;
  readonly device: string;
}

/** A person under the lock of their row. */
interface Standing extends Pick<PersonRow, "password_version" | "system_role"> {
  readonly closing_at: Date | null;
}

export interface SessionDependencies {
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told of people whose session ended, so that their sockets and streams end too. */
  readonly hints: Pick<Hints, "publish">;
}

/**
 * Whether all that let `person` in is still so. 1. A sign-in reads the row, 2. its password takes a while to check, 3. a new password (or role, which asks for a
 * second factor) commits and ends every session, 4. this one would outlive it.
 */
const isStill = (now: Standing, person: PersonRow, factor: Factor): boolean =>
  now.password_version === person.password_version && (factor !== "none" || now.system_role === person.system_role);

export const ended = (): CodedError => new CodedError("session_ended", "This session has ended; sign in again.");

/**
 * Duty: families of refresh tokens. Invariant: a session has exactly one newest token, whose number is `token_number`; the row lock of
 * the session orders parallel refreshes. A token that is too old ends the whole family: better one sign-in too many than a thief.
 */
export class Sessions {
  constructor(private readonly dependencies: SessionDependencies) {}

  /** A new session, always a new id (ASVS V7.2.4). Whoever asked to close their account keeps it by this. */
  async open(person: PersonRow, opening: Opening): Promise<Opened> {
    const { database, clock } = this.dependencies;
    const { network, factor, sharedComputer } = opening;
    const { sessionId, refreshToken, closingTakenBack } = await database.transaction(async (transaction) => {
      const [standing] = await transaction<Standing[]>`select closing_at, password_version, system_role from person where id = ${person.id} and state = 'active' for update`;
      if (!standing || !isStill(standing, person, factor)) throw ended();
      const inserted = await insertSession(transaction, this.dependencies, person.id, opening);
      if (standing.closing_at === null) return { ...inserted, closingTakenBack: false };
      await transaction`update person set closing_at = null where id = ${person.id}`;
      await writeAudit(transaction, { clock }, { by: { userId: person.id, sessionId: inserted.sessionId, network }, action: "account.closing-taken-back", object: { kind: "person", id: person.id } });
      // Whoever came in may not be who asked for the end.
      await enqueueLetter(transaction, this.dependencies, { recipient: person.email, language: person.language as Language, letter: "closingTakenBack", words: { name: person.name }, usefulMs: NEWS_MS });
      return { ...inserted, closingTakenBack: true };
    });
    const opened = await this.answer({ person, sessionId, number: 1, refreshToken, sharedComputer });
    return { ...opened, ...(closingTakenBack && { closingTakenBack }) };
  }

  /** Throws `session_ended` for a token that is unknown, too old, ended or used twice. `network`: as `networkOf` shortens it. */
  async refresh(refreshToken: string, network: string): Promise<Opened> {
    const { database, log, hints } = this.dependencies;
    const secret = await readSecret(this.dependencies, "refresh successor");
    const outcome = await database.transaction((transaction) => this.advance(transaction, { refreshToken, secret, network }));
    if (outcome.kind === "opened") return this.answer(outcome);
    if (outcome.userId !== undefined) hints.publish([personScope(outcome.userId)]);
    if (outcome.reason === "reuse") log.warn("refresh_token_reused", { sessionId: outcome.sessionId });
    throw ended();
  }

  private async advance(transaction: Transaction, { refreshToken, secret, network }: { refreshToken: string; secret: Uint8Array; network: string }) {
    const row = await lockSession(transaction, refreshToken);
    if (!row) return { kind: "refused", reason: "unknown", userId: undefined } as const;
    const sessionId = row.session_id;
    const now = this.dependencies.clock.now();
    const times = { createdAt: row.session_created_at.getTime(), rotatedAt: row.rotated_at.getTime(), sharedComputer: row.shared_computer };
    if (row.ended_at || row.state !== "active") return { kind: "refused", reason: "ended", userId: undefined } as const;
    if (isExpired(times, row.staff, now)) {
      await endIn(transaction, { sessionId, reason: "expired", now });
      return { kind: "refused", reason: "expired", userId: row.id } as const;
    }
    const state = { presented: row.number, newest: row.token_number, confirmed: row.confirmed_number, rotatedAt: times.rotatedAt };
    const decision = decideRefresh(state, now);
    if (decision === "reuse") {
      await endIn(transaction, { sessionId, reason: "reuse", now });
      // Who said it again is not known: the person, from a copy of a device, or whoever took their token.
      await writeAudit(transaction, this.dependencies, { by: { userId: null, sessionId, network }, action: "sign-in.replayed", object: { kind: "person", id: row.id }, details: { device: row.device } });
      return { kind: "refused", reason: "reuse", userId: row.id, sessionId } as const;
    }
    const next = { token: successorOf(refreshToken, secret), sessionId, number: row.number + 1 };
    if (decision === "rotate") {
      await insertToken(transaction, next);
      await transaction`update session set token_number = ${next.number}, rotated_at = ${new Date(now)} where id = ${sessionId}`;
    }
    // Said again: from now on its browser has its minute to bring it to the disk (`SessionCheck.read`), as after the first time.
    else if (state.confirmed < state.newest) await transaction`update session set rotated_at = ${new Date(now)} where id = ${sessionId}`;
    return { kind: "opened", person: row, sessionId, number: next.number, refreshToken: next.token, sharedComputer: row.shared_computer } as const;
  }

  /** Ends the session of a refresh token. An unknown token has nothing to end, which is what the caller wants. */
  async end(refreshToken: string): Promise<string | null> {
    const { database, clock, hints } = this.dependencies;
    const row = await database.transaction(async (transaction) => {
      const found = await lockSession(transaction, refreshToken);
      if (found) await endIn(transaction, { sessionId: found.session_id, reason: "signed out", now: clock.now() });
      return found;
    });
    if (row) hints.publish([personScope(row.id)]);
    return row?.session_id ?? null;
  }

  /** The session that a refresh token once opened, and whose it is; also when it has ended or is out of time. */
  async origin(refreshToken: string): Promise<{ readonly sessionId: string; readonly email: string } | null> {
    const hash = hashToken(refreshToken);
    if (!hash) return null;
    const [row] = await this.dependencies.database.sql<{ sessionId: string; email: string }[]>`
      select session.id as "sessionId", person.email from refresh_token
      join session on session.id = refresh_token.session_id join person on person.id = session.person_id where refresh_token.hash = ${hash}`;
    return row ?? null;
  }

  /** What a session that was just opened gives. */
  async answer({ person, sessionId, number, ...rest }: { person: PersonRow; sessionId: string; number: number; refreshToken: string; sharedComputer: boolean }): Promise<Opened> {
    const { token, expiresAt } = await issueAccessToken(this.dependencies, { userId: person.id, sessionId, tokenNumber: number });
    return { accessToken: token, expiresAt, user: toUser(person), refreshToken: rest.refreshToken, sharedComputer: rest.sharedComputer };
  }
}

/** The row of the person is locked. */
export async function insertSession(
  transaction: Transaction,
  { clock, random }: Pick<SessionDependencies, "clock" | "random">,
  personId: string,
  { device, network, factor, sharedComputer, since }: Opening,
): Promise<{ sessionId: string; refreshToken: string }> {
  const sessionId = newId({ clock, random });
  const refreshToken = newToken(random);
  const now = new Date(clock.now());
  await transaction`insert into session (id, person_id, created_at, token_number, rotated_at, confirmed_number, device, shared_computer) values (${sessionId}, ${personId}, ${since ?? now}, 1, ${now}, 0, ${device}, ${sharedComputer})`;
  await insertToken(transaction, { token: refreshToken, sessionId, number: 1 });
  await writeAudit(transaction, { clock }, { by: { userId: personId, sessionId, network }, action: "sign-in", object: { kind: "person", id: personId }, details: { device, factor } });
  return { sessionId, refreshToken };
}

async function insertToken(transaction: Transaction, { token, sessionId, number }: { token: string; sessionId: string; number: number }): Promise<void> {
  await transaction`insert into refresh_token (hash, session_id, number) values (${hashToken(token)}, ${sessionId}, ${number})`;
}

async function lockSession(transaction: Transaction, refreshToken: string): Promise<SessionRow | null> {
  const hash = hashToken(refreshToken);
  if (!hash) return null;
  const [row] = await transaction<SessionRow[]>`
    select person.*, session.id as session_id, refresh_token.number, session.token_number, session.confirmed_number,
      session.created_at as session_created_at, session.rotated_at, session.ended_at, session.shared_computer, session.device,
      ${worksAsStaff(transaction)} as staff
    from refresh_token join session on session.id = refresh_token.session_id join person on person.id = session.person_id
    where refresh_token.hash = ${hash} for update of session`;
  return row ?? null;
}

export async function endIn(transaction: Transaction, { sessionId, reason, now }: { sessionId: string; reason: string; now: number }): Promise<void> {
  await transaction`update session set ended_at = ${new Date(now)}, end_reason = ${reason} where id = ${sessionId} and ended_at is null`;
}
