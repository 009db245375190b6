import type { Database } from "../db/database.ts";
import { HINT_CHANNEL, type HintCarrier } from "./hint-carrier.ts";

/**
 * Through Postgres itself, which a school has anyway. NOTIFY takes a lock that all commits of the cluster share, so it is never sent in a
 * write transaction, and its listeners cost the server more the more there are: enough for two or three instances.
 * What breaks: the connection that listens. The driver makes it again.
 */
export function notifyCarrier({ sql }: Database): HintCarrier {
  let unlisten: (() => Promise<void>) | null = null;
  return {
    send: async (payload) => {
      await sql`select pg_notify(${HINT_CHANNEL}, ${payload})`;
    },
    listen: async (hear) => {
      ({ unlisten } = await sql.listen(HINT_CHANNEL, hear));
    },
    close: async () => {
      await unlisten?.();
      unlisten = null;
    },
  };
}
