import { SystemRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { ProfileChange, Session, SetUp, SignIn, User } from "@mochila/shared/users/session.ts";
import type { Context } from "hono";
import * as z from "zod/mini";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { type Route, route } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";
import { accountRoutes } from "./account-routes.ts";
import type { Accounts } from "./accounts.ts";
import { deviceName } from "./device-name.ts";
import { findById, type PersonRow, toUser } from "./people.ts";
import { changeProfile } from "./profile.ts";
import { noRefreshCookie, readRefreshCookie, refreshCookie } from "./refresh-cookie.ts";
import type { SessionCheck } from "./session-check.ts";
import type { Opened, Sessions } from "./sessions.ts";
import { setUp, type SetUpDependencies, type SetUpGate } from "./set-up.ts";
import { signIn, type SignInDependencies } from "./sign-in.ts";

export interface UsersDependencies extends SetUpDependencies, SignInDependencies {
  readonly sessions: Sessions;
  readonly check: SessionCheck;
  readonly gate: SetUpGate;
  readonly hints: Pick<Hints, "publish">;
  readonly publicUrl: string | null;
  readonly accounts: Accounts;
}

/** A sign-in is a few hundred bytes; more is not one. */
const BODY_BYTES_MAX = 8 * 1024;
/** One device refreshes every 10 minutes; a school behind one address does so for everyone. */
const REFRESHES_PER_MINUTE_MAX = 1_200;

export function usersRoutes(dependencies: UsersDependencies): Route[] {
  return [...sessionRoutes(dependencies), ...profileRoutes(dependencies), ...setUpRoutes(dependencies), ...accountRoutes(dependencies)];
}

/** Where a sign-in comes from, as people and the audit log name it. */
const placeOf = (context: Context) => ({ device: deviceName(context.req.header("user-agent") ?? ""), network: networkOf(remoteAddress(context)) });

function opened(context: Context, publicUrl: string | null, { accessToken, expiresAt, user, refreshToken }: Opened): Response {
  const body: Session = { accessToken, expiresAt, user };
  const cookie = refreshCookie(context, publicUrl, { token: refreshToken, role: SystemRole.parse(user.systemRole) });
  return Response.json(body, { headers: { "set-cookie": cookie } });
}

function sessionRoutes(dependencies: UsersDependencies): Route[] {
  const { sessions, check, publicUrl } = dependencies;
  return [
    route({
      method: "POST", path: "/api/auth/login", access: "public", summary: "Sign in", body: SignIn, answer: Session, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        const person = await signIn(dependencies, { ...body, network: networkOf(remoteAddress(context)), refreshToken: readRefreshCookie(context, publicUrl) });
        return opened(context, publicUrl, await sessions.open(person, placeOf(context)));
      },
    }),
    route({
      method: "POST", path: "/api/auth/refresh", access: "cookie", summary: "Get a new access token for the refresh cookie", answer: Session,
      perMinuteMax: REFRESHES_PER_MINUTE_MAX,
      handle: async ({ context }) => opened(context, publicUrl, await sessions.refresh(readRefreshCookie(context, publicUrl))),
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

function profileRoutes({ database, hints }: UsersDependencies): Route[] {
  return [
    route({
      method: "GET", path: "/api/me", access: "person", summary: "Who I am", answer: User,
      handle: async ({ actor }) => asUser(actor && (await findById(database.sql, actor.userId))),
    }),
    route({
      method: "PATCH", path: "/api/me", access: "person", summary: "Change my name or language", body: ProfileChange, answer: User, bytesMax: BODY_BYTES_MAX,
      handle: async ({ actor, body }) => asUser(actor && (await changeProfile({ database, hints }, actor.userId, body))),
    }),
  ];
}

function setUpRoutes(dependencies: UsersDependencies): Route[] {
  const { gate, sessions, publicUrl } = dependencies;
  return [
    route({
      method: "GET", path: "/api/setup", access: "public", summary: "Whether this school waits for its first administrator", answer: z.strictObject({ open: z.boolean() }),
      handle: async () => ({ open: await gate.isOpen() }),
    }),
    route({
      method: "POST", path: "/api/setup", access: "public", summary: "Make the first administrator with the one-time link", body: SetUp, answer: Session,
      bytesMax: BODY_BYTES_MAX, perMinuteMax: 30,
      handle: async ({ body, context }) => opened(context, publicUrl, await sessions.open(await setUp(dependencies, body), placeOf(context))),
    }),
  ];
}
