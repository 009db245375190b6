import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { LetterWay } from "@mochila/shared/users/account.ts";
import type { Hono } from "hono";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createApplication } from "../http/application.ts";
import { gatewaysOf } from "../http/remote-address.ts";
import { Metrics } from "../http/metrics.ts";
import { MemoryRateLimiter, type RateLimiter } from "../http/rate-limit.ts";
import type { Route } from "../http/route.ts";
import { silentLog } from "../log.ts";
import { createUsers, type Users } from "./users.ts";

export const TEST_ORIGIN = "http://localhost:8080";

interface TestParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Left out: requests a minute are counted as they are everywhere. */
  readonly limiter?: RateLimiter;
  readonly publish?: (scopes: readonly string[]) => void;
  /** Left out: a mail server sends them. */
  readonly letters?: LetterWay;
  /** Routes of others, over these people. */
  readonly more?: (users: Users) => readonly Route[];
}

/** People, sessions and accounts over a real database, as after a start: everything that is only in memory is new. */
export function openTestUsers({ database, clock, limiter = new MemoryRateLimiter(clock), publish = () => undefined, letters = "mail", more = () => [] }: TestParts): { users: Users; app: Hono } {
  const users = createUsers({ limiter, database, clock, random: systemRandom, log: silentLog, hints: { publish }, publicUrl: null, origin: TEST_ORIGIN, onLetter: () => undefined, letters });
  const app = createApplication({ gateways: gatewaysOf([]),
    routes: [...users.routes, ...more(users)],
    guards: { origin: { publicUrl: null }, operatorToken: null, authenticate: (token) => users.check.authenticate(token), loadActor: (id) => loadActor(database.sql, id) },
    files: { byAddress: new Map(), secure: false }, limiter, metrics: new Metrics([]), log: silentLog, clock, random: systemRandom,
    checkOpen: () => Promise.resolve(),
  });
  return { users, app };
}

/** A request as a browser sends it to the school under its own name. */
export const testSend = (app: Hono, path: string, init: RequestInit & { headers?: Record<string, string> }): Response | Promise<Response> =>
  app.request(`${TEST_ORIGIN}${path}`, { ...init, headers: { host: "localhost:8080", ...init.headers } });

export const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { error: { code: string } }).error.code;
