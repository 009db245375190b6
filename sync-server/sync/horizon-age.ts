import type { Gauge } from "../http/metrics.ts";
import type { Sql } from "../db/database.ts";

/**
 * How old the oldest write transaction of the cluster is, in seconds: so long nobody's device hears of anything newer. Above some
 * seconds somebody writes to this cluster who should not.
 */
export const feedHorizonAge = (sql: Sql): Gauge => ({
  name: "mochila_feed_horizon_age_seconds",
  help: "Age of the oldest open write transaction, which holds back the feed of every device.",
  read: async () => {
    const [row] = await sql<{ age: number }[]>`
      select coalesce(extract(epoch from clock_timestamp() - min(xact_start)), 0)::float8 as age from pg_stat_activity where backend_xid is not null`;
    return row?.age ?? null;
  },
});
