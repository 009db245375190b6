import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import type { Route } from "../http/route.ts";
import type { Log } from "../log.ts";
import type { Hints } from "../sync/hints.ts";
import { Accounts } from "./accounts.ts";
import { Passwords } from "./password.ts";
import { usersRoutes } from "./routes.ts";
import { SessionCheck } from "./session-check.ts";
import { Sessions } from "./sessions.ts";
import { newSetUpToken, SetUpGate } from "./set-up.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import { SigningKeys } from "./signing-keys.ts";

export interface Users {
  readonly accounts: Accounts;
  readonly routes: Route[];
  readonly check: SessionCheck;
  readonly gate: SetUpGate;
  newSetUpToken(): Promise<string | null>;
}

export interface UsersParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hints: Pick<Hints, "publish">;
  /** An origin, or null on one's own machine. */
  readonly publicUrl: string | null;
  /** Where links of letters lead. */
  readonly origin: string;
  readonly onLetter: () => void;
}

/** Sign-in, sessions and set-up, put together. */
export function createUsers(dependencies: UsersParts): Users {
  const { database, clock } = dependencies;
  const keys = new SigningKeys(dependencies);
  const passwords = new Passwords();
  const parts = {
    ...dependencies,
    keys,
    passwords,
    accounts: new Accounts({ ...dependencies, passwords }),
    limit: new SignInLimit(clock),
    sessions: new Sessions({ ...dependencies, keys }),
    check: new SessionCheck({ database, keys, clock }),
    gate: new SetUpGate(database),
  };
  return { accounts: parts.accounts, routes: usersRoutes(parts), check: parts.check, gate: parts.gate, newSetUpToken: () => newSetUpToken(dependencies) };
}
