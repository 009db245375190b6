import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { SessionLine } from "@mochila/shared/users/account.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";
import type { Hints } from "../sync/hints.ts";
import type { SessionCheck } from "./session-check.ts";

interface Own {
  readonly userId: string;
  /** The session that asks. */
  readonly sessionId: string;
}

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly check: Pick<SessionCheck, "forget">;
  readonly hints: Pick<Hints, "publish">;
}

/** More than anybody has; who has more sees those that were used last. */
const LISTED_MAX = 100;

export async function listSessions(sql: Sql, { userId, sessionId }: Own): Promise<SessionLine[]> {
  const rows = await sql<{ id: string; device: string; created_at: Date; rotated_at: Date }[]>`
    select session.id, device, created_at, rotated_at from session join open_session on open_session.id = session.id where session.person_id = ${userId} order by rotated_at desc limit ${LISTED_MAX}`;
  return rows.map(({ id, device, created_at: started, rotated_at: seen }) => ({ id, device, startedAt: started.getTime(), seenAt: seen.getTime(), current: id === sessionId }));
}

/** Throws `forbidden` for what is not one of the person's, whether it exists or not. */
export async function endSession({ database, clock, check, hints }: Parts, { userId, id }: Own & { id: string }): Promise<void> {
  const ended = isUuid(id)
    ? await database.sql`update session set ended_at = coalesce(ended_at, ${new Date(clock.now())}), end_reason = coalesce(end_reason, 'ended by its person') where id = ${id} and person_id = ${userId} returning 1`
    : [];
  if (ended.length === 0) throw new CodedError("forbidden", "This is none of your devices.");
  check.forget(id);
  hints.publish([personScope(userId)]);
}

/** The sockets and streams end by the hint that the caller publishes; access tokens at most 5 s later. */
export const endAllSessions = (transaction: Transaction, { userId, now, reason, keep = null }: { userId: string; now: number; reason: string; keep?: string | null }) =>
  transaction`update session set ended_at = ${new Date(now)}, end_reason = ${reason} where person_id = ${userId} and ended_at is null and id is distinct from ${keep}`;

export async function endOtherSessions({ database, clock, check, hints }: Parts, { userId, sessionId }: Own): Promise<void> {
  const ended = await database.sql<{ id: string }[]>`
    update session set ended_at = ${new Date(clock.now())}, end_reason = 'ended by its person' where person_id = ${userId} and ended_at is null and id <> ${sessionId} returning id`;
  for (const { id } of ended) check.forget(id);
  hints.publish([personScope(userId)]);
}
