// A server that is killed with signal 9 at the worst moment: after ClickHouse counted a batch, before Postgres knows it.
import { openAnalytics } from "@mochila/analytics/engine.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { openDatabase } from "../db/pool.ts";
import { silentLog } from "../log.ts";
import { Forwarder } from "./forwarder.ts";

const [databaseUrl = "", dataDir = ""] = process.argv.slice(2);
const database = openDatabase(databaseUrl);
const analytics = await openAnalytics({ url: null, dataDir, random: systemRandom, log: silentLog });
const dying = {
  state: () => analytics.state(),
  onChange: (listener: Parameters<typeof analytics.onChange>[0]) => analytics.onChange(listener),
  startAnew: (from: Parameters<typeof analytics.startAnew>[0]) => analytics.startAnew(from),
  ingest: async (batch: Parameters<typeof analytics.ingest>[0]) => {
    await analytics.ingest(batch);
    process.kill(process.pid, "SIGKILL");
  },
};
new Forwarder({ database, analytics: dying, clock: systemClock, random: systemRandom, log: silentLog }).start();
