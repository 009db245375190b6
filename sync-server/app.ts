import type { Analytics } from "@mochila/shared/activity/analytics.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { collections } from "@mochila/shared/registry.ts";
import type { Hono } from "hono";
import { loadActor } from "./access/actor.ts";
import { Forwarder } from "./activity/forwarder.ts";
import { activityRoutes } from "./activity/routes.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import { createApplication } from "./http/application.ts";
import { Metrics } from "./http/metrics.ts";
import { openApiRoutes } from "./http/open-api.ts";
import { operatorRoutes } from "./http/operator-routes.ts";
import { MemoryRateLimiter } from "./http/rate-limit.ts";
import type { Route } from "./http/route.ts";
import type { StaticFiles } from "./http/static-files.ts";
import type { Log } from "./log.ts";
import { reportsRoutes } from "./reports/routes.ts";
import { createHints } from "./sync/hints.ts";
import { feedHorizonAge } from "./sync/horizon-age.ts";
import { syncRoutes } from "./sync/routes.ts";
import { createSync } from "./sync/sync.ts";
import { createUsers } from "./users/users.ts";

export interface AppDependencies {
  readonly config: Pick<Config, "publicUrl" | "operatorToken">;
  readonly database: Database;
  readonly analytics: Analytics;
  readonly files: StaticFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface App {
  readonly hono: Hono;
  /** Every address that exists; the authorization matrix is checked against it. */
  readonly routes: readonly Route[];
  /** After the migrations, before the first request. */
  start(): Promise<void>;
  /** The one-time token that opens an empty school, or null when somebody exists. */
  newSetUpToken(): Promise<string | null>;
  /** Refuses what is new and ends long answers; what is under way goes on. */
  beginStop(): void;
  /** Ends all background work. */
  stop(): Promise<void>;
}

/** Answers before the school is set up, and while the server stops. */
const ALWAYS_OPEN = /^\/(healthz|readyz|metrics|api\/setup|api\/openapi\.json|api\/docs)$/;
const STOPPING_RETRY_MS = 3_000;

/** Puts engines and features together. The only file besides main that knows all of them. */
export function createApp({ config, database, analytics, files, clock, random, log }: AppDependencies): App {
  let stopping = false;
  const hints = createHints({ database, random, log });
  const sync = createSync({ registry: collections, database, clock, random, log, hints });
  const forwarder = new Forwarder({ database, analytics, clock, random, log });
  const users = createUsers({ database, clock, random, log, publicUrl: config.publicUrl });
  const metrics = new Metrics([feedHorizonAge(database.sql)]);
  const routes: Route[] = [
    ...users.routes,
    ...syncRoutes({ sync, hints }),
    ...activityRoutes({ database, clock, onAccepted: () => forwarder.wake() }),
    ...reportsRoutes({ database, clock, analytics }),
    ...operatorRoutes({ metrics, checkReady: async () => void (await database.sql`select 1`) }),
    ...openApiRoutes(() => routes),
  ];
  const checkOpen = async (path: string) => {
    if (ALWAYS_OPEN.test(path)) return;
    if (stopping) throw new CodedError("unavailable", "The server is stopping.", { retryAfterMs: STOPPING_RETRY_MS });
    if (await users.gate.isOpen()) throw new CodedError("unavailable", "This school waits for its first administrator; the link was printed at the start.");
  };
  const guards = {
    origin: { publicUrl: config.publicUrl },
    operatorToken: config.operatorToken,
    authenticate: (token: string) => users.check.authenticate(token),
    loadActor: (userId: string) => loadActor(database.sql, userId),
  };
  return {
    hono: createApplication({ routes, guards, files, limiter: new MemoryRateLimiter(clock), metrics, log, clock, random, checkOpen }),
    routes,
    start: async () => {
      await sync.start();
      await hints.listen();
      forwarder.start();
    },
    newSetUpToken: () => users.newSetUpToken(),
    beginStop: () => {
      stopping = true;
      sync.streams.closeAll();
    },
    stop: async () => {
      await forwarder.stop();
      await hints.close();
    },
  };
}
