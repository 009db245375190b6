import { type LetterWay, SetUpState } from "@mochila/shared/users/account.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { SignInAnswer } from "@mochila/shared/users/second-factor.ts";
import { Session, User } from "@mochila/shared/users/session.ts";
import { ProfileChange, SetUp, SignIn } from "@mochila/shared/users/typed.ts";
import type { Context } from "hono";
import { enforceLimit, limitOf, type RateLimiter } from "../http/rate-limit.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { type Route, route } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";
import { accountRoutes } from "./account-routes.ts";
import type { Accounts } from "./accounts.ts";
import { deviceKeyRoutes, type DeviceKeyRoutesParts } from "./device-key-routes.ts";
import { enterWithPassword, type EntranceParts, opened } from "./entrance.ts";
import { findById, type PersonRow, toUser } from "./people.ts";
import { changeProfile } from "./profile.ts";
import { noRefreshCookie, readRefreshCookie } from "./refresh-cookie.ts";
import type { SessionCheck } from "./session-check.ts";
import { factorRoutes, type FactorRoutesParts } from "./second-factor/factor-routes.ts";
import { secondStepRoutes } from "./second-factor/second-step-routes.ts";
import { setUp, type SetUpDependencies, type SetUpGate } from "./set-up.ts";
import { signIn, type SignInDependencies } from "./sign-in.ts";

export interface UsersDependencies extends SetUpDependencies, Omit<SignInDependencies, "sessions" | "accounts">, EntranceParts, FactorRoutesParts, DeviceKeyRoutesParts {
  readonly limiter: RateLimiter;
  readonly check: SessionCheck;
  readonly gate: SetUpGate;
  readonly hints: Pick<Hints, "publish">;
  readonly accounts: Accounts;
  readonly letters: LetterWay;
}

/** A sign-in is a few hundred bytes; more is not one. */
const BODY_BYTES_MAX = 8 * 1024;
/** One device refreshes every 10 minutes; a school behind one address does so for everyone. */
const REFRESHES_PER_MINUTE_MAX = 1_200;
const REFRESHES_OF_SESSION_PER_MINUTE_MAX = 30;

export function usersRoutes(dependencies: UsersDependencies): Route[] {
  return [...sessionRoutes(dependencies), ...profileRoutes(dependencies), ...setUpRoutes(dependencies), ...accountRoutes(dependencies), ...secondStepRoutes(dependencies), ...factorRoutes(dependencies), ...deviceKeyRoutes(dependencies)];
}

function sessionRoutes(dependencies: UsersDependencies): Route[] {
  const { limiter, sessions, check, publicUrl } = dependencies;
  const refresh = async (context: Context): Promise<Response> => {
    const token = readRefreshCookie(context, publicUrl);
    // Not an end: a browser whose person has locked it has no cookie, and the key of the device brings one.
    if (token === "") throw new CodedError("not_signed_in", "There is no refresh cookie.");
    const origin = await sessions.origin(token);
    if (origin) await enforceLimit(limiter, `refresh ${origin.sessionId}`, limitOf(REFRESHES_OF_SESSION_PER_MINUTE_MAX));
    return opened(context, publicUrl, await sessions.refresh(token, networkOf(remoteAddress(context))));
  };
  return [
    route({
      method: "POST", path: "/api/auth/login", access: "public", summary: "Sign in; where a second factor is asked for, its first step", body: SignIn, answer: SignInAnswer, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        const person = await signIn(dependencies, { ...body, network: networkOf(remoteAddress(context)), refreshToken: readRefreshCookie(context, publicUrl) });
        return enterWithPassword(dependencies, context, person, body.sharedComputer === true);
      },
    }),
    route({
      method: "POST", path: "/api/auth/refresh", access: "cookie", summary: "Get a new access token for the refresh cookie", answer: Session,
      perMinuteMax: REFRESHES_PER_MINUTE_MAX,
      handle: ({ context }) => refresh(context),
    }),
    route({
      method: "POST", path: "/api/auth/logout", access: "cookie", summary: "End the session of the refresh cookie",
      perMinuteMax: REFRESHES_PER_MINUTE_MAX,
      handle: async ({ context }) => {
        const ended = await sessions.end(readRefreshCookie(context, publicUrl));
        if (ended !== null) check.forget(ended);
        return new Response(null, { status: 204, headers: { "set-cookie": noRefreshCookie(context, publicUrl) } });
      },
    }),
  ];
}

function asUser(row: PersonRow | null | undefined): User {
  if (!row) throw new CodedError("session_ended", "This person is not here any more.");
  return toUser(row);
}

function profileRoutes({ database, clock, hints }: UsersDependencies): Route[] {
  return [
    route({
      method: "GET", path: "/api/me", access: "person", acting: "allowed", summary: "Who I am", answer: User,
      handle: async ({ actor }) => asUser(actor && (await findById(database.sql, actor.userId))),
    }),
    route({
      method: "PATCH", path: "/api/me", access: "person", summary: "Change my name or language", body: ProfileChange, answer: User, bytesMax: BODY_BYTES_MAX,
      handle: async ({ actor, sessionId, body, context }) => asUser(actor && (await changeProfile({ database, clock, hints }, { userId: actor.userId, sessionId, network: networkOf(remoteAddress(context)) }, body))),
    }),
  ];
}

function setUpRoutes(dependencies: UsersDependencies): Route[] {
  const { gate } = dependencies;
  return [
    route({
      method: "GET", path: "/api/setup", access: "public", summary: "Whether this school waits for its first administrator", answer: SetUpState,
      handle: async () => ({ open: await gate.isOpen() }),
    }),
    route({
      method: "POST", path: "/api/setup", access: "public", summary: "Make the first administrator with the one-time link", body: SetUp, answer: SignInAnswer,
      bytesMax: BODY_BYTES_MAX, perMinuteMax: 30,
      handle: async ({ body, context }) => enterWithPassword(dependencies, context, await setUp(dependencies, { ...body, network: networkOf(remoteAddress(context)) }), false),
    }),
  ];
}
