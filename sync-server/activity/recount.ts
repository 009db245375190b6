import type { ActivityStore } from "@mochila/shared/activity/activity-store.ts";
import type { Database } from "../db/database.ts";
import { KEPT_DAYS } from "./retention.ts";

const DAY_MS = 86_400_000;
/** Events are numbered in another order than they were received, within a transaction or two: none may count twice. */
const SHUFFLED_MS = 60_000;

/**
 * After a restore the store of activity holds what another history counted. It is counted anew before anything else is sent: PostgreSQL holds every event of the last weeks and sends
 * them again, what is older than its oldest one comes from the store itself. The wish is forgotten last: a kill in between does it once more.
 */
export async function recountIfAsked({ sql }: Pick<Database, "sql">, analytics: Pick<ActivityStore, "startAnew">): Promise<void> {
  const [wish] = await sql<{ asked_at: Date; oldest: Date | null }[]>`select asked_at, (select received_at from event_raw order by xid, seq limit 1) as oldest from activity_recount`;
  if (!wish) return;
  const before = (wish.oldest?.getTime() ?? wish.asked_at.getTime() - KEPT_DAYS * DAY_MS) - SHUFFLED_MS;
  await analytics.startAnew({ name: wish.asked_at.toISOString().replaceAll(/\D/g, "").slice(0, 14), before });
  // No server runs while somebody restores: there is no newer one.
  await sql`delete from activity_recount`;
}
