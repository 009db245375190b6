import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { Hints } from "../sync/hints.ts";
import { issueAccessToken } from "./access-token.ts";
import { type PersonRow, toUser } from "./people.ts";
import { hashToken, newToken, successorOf } from "./secret-token.ts";
import { readSecret } from "./server-secret.ts";
import { decideRefresh, isExpired } from "./session-lifetime.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What a sign-in or a refresh gives: the access token for the page's memory, the refresh token for the cookie. */
export interface Opened {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly user: User;
  readonly refreshToken: string;
}

interface SessionRow extends PersonRow {
  readonly session_id: string;
  readonly number: number;
  readonly token_number: number;
  readonly confirmed_number: number;
  readonly session_created_at: Date;
  readonly rotated_at: Date;
  readonly ended_at: Date | null;
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

const ended = (): CodedError => new CodedError("session_ended", "This session has ended; sign in again.");

/**
 * Duty: families of refresh tokens. Invariant: a session has exactly one newest token, whose number is `token_number`; the row lock of
 * the session orders parallel refreshes. A token that is too old ends the whole family: better one sign-in too many than a thief.
 */
export class Sessions {
  constructor(private readonly dependencies: SessionDependencies) {}

  /** A new session, always a new id (ASVS V7.2.4). `device`: as people would call it. */
  async open(person: PersonRow, { device, network }: { device: string; network: string }): Promise<Opened> {
    const { database, clock, random } = this.dependencies;
    const sessionId = newId({ clock, random });
    const refreshToken = newToken(random);
    const now = new Date(clock.now());
    await database.transaction(async (transaction) => {
      await transaction`insert into session (id, person_id, created_at, token_number, rotated_at, confirmed_number, device) values (${sessionId}, ${person.id}, ${now}, 1, ${now}, 0, ${device})`;
      await insertToken(transaction, { token: refreshToken, sessionId, number: 1 });
      await writeAudit(transaction, { clock }, { by: { userId: person.id, sessionId, network }, action: "sign-in", object: { kind: "person", id: person.id }, details: { device } });
    });
    return this.answer({ person, sessionId, number: 1, refreshToken });
  }

  /** Throws `session_ended` for a token that is unknown, too old, ended or used twice. */
  async refresh(refreshToken: string): Promise<Opened> {
    const { database, log, hints } = this.dependencies;
    const secret = await readSecret(this.dependencies, "refresh successor");
    const outcome = await database.transaction((transaction) => this.advance(transaction, refreshToken, secret));
    if (outcome.kind === "opened") return this.answer(outcome);
    if (outcome.userId !== undefined) hints.publish([personScope(outcome.userId)]);
    if (outcome.reason === "reuse") log.warn("refresh_token_reused", { sessionId: outcome.sessionId });
    throw ended();
  }

  private async advance(transaction: Transaction, refreshToken: string, secret: Uint8Array) {
    const row = await lockSession(transaction, refreshToken);
    if (!row) return { kind: "refused", reason: "unknown", userId: undefined } as const;
    const sessionId = row.session_id;
    const now = this.dependencies.clock.now();
    const times = { createdAt: row.session_created_at.getTime(), rotatedAt: row.rotated_at.getTime() };
    if (row.ended_at || row.state !== "active") return { kind: "refused", reason: "ended", userId: undefined } as const;
    if (isExpired(times, row.system_role as SystemRole, now)) {
      await endIn(transaction, { sessionId, reason: "expired", now });
      return { kind: "refused", reason: "expired", userId: row.id } as const;
    }
    const state = { presented: row.number, newest: row.token_number, confirmed: row.confirmed_number, rotatedAt: times.rotatedAt };
    const decision = decideRefresh(state, now);
    if (decision === "reuse") {
      await endIn(transaction, { sessionId, reason: "reuse", now });
      return { kind: "refused", reason: "reuse", userId: row.id, sessionId } as const;
    }
    const next = { token: successorOf(refreshToken, secret), sessionId, number: row.number + 1 };
    if (decision === "rotate") {
      await insertToken(transaction, next);
      await transaction`update session set token_number = ${next.number}, rotated_at = ${new Date(now)} where id = ${sessionId}`;
    }
    return { kind: "opened", person: row, sessionId, number: next.number, refreshToken: next.token } as const;
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

  private async answer({ person, sessionId, number, refreshToken }: { person: PersonRow; sessionId: string; number: number; refreshToken: string }): Promise<Opened> {
    const { token, expiresAt } = await issueAccessToken(this.dependencies, { userId: person.id, sessionId, tokenNumber: number });
    return { accessToken: token, expiresAt, user: toUser(person), refreshToken };
  }
}

async function insertToken(transaction: Transaction, { token, sessionId, number }: { token: string; sessionId: string; number: number }): Promise<void> {
  await transaction`insert into refresh_token (hash, session_id, number) values (${hashToken(token)}, ${sessionId}, ${number})`;
}

async function lockSession(transaction: Transaction, refreshToken: string): Promise<SessionRow | null> {
  const hash = hashToken(refreshToken);
  if (!hash) return null;
  const [row] = await transaction<SessionRow[]>`
    select person.*, session.id as session_id, refresh_token.number, session.token_number, session.confirmed_number,
      session.created_at as session_created_at, session.rotated_at, session.ended_at
    from refresh_token join session on session.id = refresh_token.session_id join person on person.id = session.person_id
    where refresh_token.hash = ${hash} for update of session`;
  return row ?? null;
}

async function endIn(transaction: Transaction, { sessionId, reason, now }: { sessionId: string; reason: string; now: number }): Promise<void> {
  await transaction`update session set ended_at = ${new Date(now)}, end_reason = ${reason} where id = ${sessionId} and ended_at is null`;
}
