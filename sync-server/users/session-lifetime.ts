import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { REFRESH_ABSOLUTE_DAYS, REFRESH_GRACE_SECONDS, REFRESH_IDLE_DAYS } from "@mochila/shared/limits.ts";

const HOUR_MS = 3_600_000;
/** Staff see other people's work: their sessions end sooner. Local work goes on and waits for sign-in (DECISIONS 30). */
const STAFF_IDLE_HOURS = 12;
const STAFF_ABSOLUTE_DAYS = 30;
/** On a shared computer: a school day, and a lesson or two without a network. The page itself leaves sooner (SC4). */
const SHARED_IDLE_HOURS = 2;
const SHARED_ABSOLUTE_HOURS = 12;

/** A session as the decisions below need it; times in milliseconds since 1970. */
export interface SessionTimes {
  readonly createdAt: number;
  readonly rotatedAt: number;
  readonly sharedComputer: boolean;
}

function hoursMax(staff: boolean, sharedComputer: boolean): { readonly idle: number; readonly absolute: number } {
  if (sharedComputer) return { idle: SHARED_IDLE_HOURS, absolute: SHARED_ABSOLUTE_HOURS };
  return staff ? { idle: STAFF_IDLE_HOURS, absolute: STAFF_ABSOLUTE_DAYS * 24 } : { idle: REFRESH_IDLE_DAYS * 24, absolute: REFRESH_ABSOLUTE_DAYS * 24 };
}

export function isExpired({ createdAt, rotatedAt, sharedComputer }: SessionTimes, staff: boolean, now: number): boolean {
  const { idle, absolute } = hoursMax(staff, sharedComputer);
  return now - rotatedAt > idle * HOUR_MS || now - createdAt > absolute * HOUR_MS;
}

/** How long the browser keeps the cookie: the sliding part; the server decides the rest. */
export const cookieSecondsMax = (role: SystemRole): number => (role === "student" ? REFRESH_IDLE_DAYS : STAFF_ABSOLUTE_DAYS) * 24 * 3_600;

export type RefreshDecision = "rotate" | "repeat" | "reuse";

export interface RefreshState {
  /** Number of the token that came, and of the newest token of its session. */
  readonly presented: number;
  readonly newest: number;
  /** The newest number that somebody has shown to have: by an access token that came with it. */
  readonly confirmed: number;
  readonly rotatedAt: number;
}

/**
 * What to do with a refresh token of a living session.
 * 1. The newest: make the next one.
 * 2. The one before, while nobody has used its successor: the answer may have been lost on the way, so say the same again. It is
 *    known to have arrived when an access token that came with it was used; then only a parallel request, within 60 s, is meant.
 * 3. Any other: two parties hold tokens of one family, and one of them is a thief. End it for both.
 */
export function decideRefresh({ presented, newest, confirmed, rotatedAt }: RefreshState, now: number): RefreshDecision {
  if (presented === newest) return "rotate";
  const arrived = confirmed >= newest;
  if (presented === newest - 1 && (!arrived || now - rotatedAt <= REFRESH_GRACE_SECONDS * 1_000)) return "repeat";
  return "reuse";
}
