import { REFRESH_ABSOLUTE_DAYS, REFRESH_IDLE_DAYS } from "@mochila/shared/limits.ts";
import type { Database } from "../db/database.ts";

const DAY_MS = 86_400_000;

/**
 * Removes sessions that ended or went out of time at least `REFRESH_IDLE_DAYS` ago; until then a late token is still answered with
 * the truth, and a reuse can be looked up. Returns how many.
 */
export async function sweepSessions({ sql }: Database, now: number): Promise<number> {
  const before = (days: number) => new Date(now - days * DAY_MS);
  const { count } = await sql`
    delete from session where ended_at < ${before(REFRESH_IDLE_DAYS)} or rotated_at < ${before(2 * REFRESH_IDLE_DAYS)}
      or created_at < ${before(REFRESH_ABSOLUTE_DAYS + REFRESH_IDLE_DAYS)}`;
  return count;
}
