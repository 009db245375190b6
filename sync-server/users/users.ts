import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { LetterWay } from "@mochila/shared/users/account.ts";
import type { Database } from "../db/database.ts";
import type { RateLimiter } from "../http/rate-limit.ts";
import type { Route } from "../http/route.ts";
import type { Log } from "../log.ts";
import type { Hints } from "../sync/hints.ts";
import { ActingSessions } from "./acting-sessions.ts";
import { Accounts } from "./accounts.ts";
import { DeviceKeys } from "./device-keys.ts";
import { Passwords } from "./password.ts";
import { usersRoutes } from "./routes.ts";
import { SessionCheck } from "./session-check.ts";
import { Passkeys } from "./second-factor/passkeys.ts";
import { PendingSignIns } from "./second-factor/pending-sign-ins.ts";
import { SecondFactors } from "./second-factor/second-factors.ts";
import { RefusedSignIns } from "./refused-sign-ins.ts";
import { Sessions } from "./sessions.ts";
import { newSetUpToken, SetUpGate } from "./set-up.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import { SigningKeys } from "./signing-keys.ts";

export interface Users {
  readonly acting: ActingSessions;
  readonly accounts: Accounts;
  readonly factors: SecondFactors;
  readonly refused: RefusedSignIns;
  readonly sessions: Sessions;
  readonly routes: Route[];
  readonly check: SessionCheck;
  readonly gate: SetUpGate;
  newSetUpToken(): Promise<string | null>;
}

export interface UsersParts {
  readonly limiter: RateLimiter;
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
  readonly letters: LetterWay;
}

/** Sign-in, sessions and set-up, put together. */
export function createUsers(dependencies: UsersParts): Users {
  const { database, clock } = dependencies;
  const keys = new SigningKeys(dependencies);
  const passwords = new Passwords();
  const factors = new SecondFactors(dependencies);
  const sessions = new Sessions({ ...dependencies, keys });
  const check = new SessionCheck({ database, keys, clock });
  const parts = {
    ...dependencies,
    keys,
    passwords,
    accounts: new Accounts({ ...dependencies, passwords }),
    factors,
    passkeys: new Passkeys({ ...dependencies, factors }),
    pending: new PendingSignIns({ ...dependencies, factors }),
    limit: new SignInLimit({ database, clock }),
    refused: new RefusedSignIns({ database, clock }),
    sessions,
    check,
    deviceKeys: new DeviceKeys({ ...dependencies, keys, sessions, check }),
    gate: new SetUpGate(database),
  };
  return { acting: new ActingSessions({ ...dependencies, keys }), accounts: parts.accounts, factors, refused: parts.refused, sessions: parts.sessions, routes: usersRoutes(parts), check: parts.check, gate: parts.gate, newSetUpToken: () => newSetUpToken(dependencies, { userId: null }) };
}
