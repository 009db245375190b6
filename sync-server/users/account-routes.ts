import { setTimeout as pause } from "node:timers/promises";
import { ChangeEmail, ChangePassword, ConfirmEmail, Door, Forgotten, type LetterWay, LinkOwner, LookAtLink, ResetPassword, SessionLines, SignUp } from "@mochila/shared/users/account.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";
import type { Database } from "../db/database.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Accounts } from "./accounts.ts";
import { mayAskForLetter } from "./letter-limit.ts";
import { mayTryPassword } from "./own-password.ts";
import { checkChoice } from "./password-choice.ts";
import { readSetting } from "./school-settings.ts";
import { endOtherSessions, endSession, listSessions } from "./session-list.ts";
import type { SessionCheck } from "./session-check.ts";
import type { Hints } from "../sync/hints.ts";

export interface AccountRoutesParts {
  readonly accounts: Accounts;
  readonly database: Database;
  readonly clock: Clock;
  readonly check: Pick<SessionCheck, "forget">;
  readonly hints: Pick<Hints, "publish">;
  readonly letters: LetterWay;
}

const BODY_BYTES_MAX = 8 * 1024;
const MINUTE_MS = 60_000;
/** A whole class may ask from one network (SECURITY.md C.5). */
const LETTERS_OF_NETWORK: BucketLimit = { size: 60, refillMs: MINUTE_MS };
/** Tries with links that open nothing. */
const LINKS_OF_NETWORK: BucketLimit = { size: 60, refillMs: MINUTE_MS / 6 };
/** Above what any of these takes: then time tells nobody who has an account. */
const ANSWER_AFTER_MS = 300;

/** `work`, answered at the same time whatever it found. */
async function evenly<Result>(work: Promise<Result>): Promise<Result> {
  const [result] = await Promise.all([work, pause(ANSWER_AFTER_MS)]);
  return result;
}

const accepted = (): Response => new Response(null, { status: 202 });
const done = (): Response => new Response(null, { status: 204 });

export const accountRoutes = (parts: AccountRoutesParts): Route[] => [...doorRoutes(parts), ...ownAccountRoutes(parts)];

/** For people who are not signed in. */
function doorRoutes({ accounts, database, clock, letters }: AccountRoutesParts): Route[] {
  const mayAsk = async (context: RouteRequest<unknown, unknown>["context"], email: string) => {
    await takeFromBucket(database.sql, `letters network ${networkOf(remoteAddress(context))}`, LETTERS_OF_NETWORK, clock.now());
    await mayAskForLetter({ database, clock }, email);
  };
  /** A link cannot be guessed: what opens something is no try, so that a class comes in from one address and nobody there keeps it out. */
  const countMisses = async <Result>(context: RouteRequest<unknown, unknown>["context"], use: () => Promise<Result>): Promise<Result> => {
    try {
      return await use();
    } catch (error) {
      if (error instanceof CodedError && error.code === "forbidden") await takeFromBucket(database.sql, `links network ${networkOf(remoteAddress(context))}`, LINKS_OF_NETWORK, clock.now());
      throw error;
    }
  };
  return [
    route({
      method: "GET", path: "/api/door", access: "public", summary: "What somebody who is not signed in may do", answer: Door,
      handle: async () => ({ signUp: await readSetting(database.sql, "signUp"), letters }),
    }),
    route({
      method: "POST", path: "/api/accounts", access: "public", summary: "Make an account; a letter confirms the e-mail", body: SignUp, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        if ((await readSetting(database.sql, "signUp")) !== "open") throw new CodedError("forbidden", "At this school staff make the accounts.");
        // Before it takes a letter of the few that go to one address.
        checkChoice(body.password, body);
        await mayAsk(context, body.email);
        await evenly(accounts.signUp(body));
        return accepted();
      },
    }),
    route({
      method: "POST", path: "/api/accounts/link", access: "public", summary: "Whose account a link opens, without using it", body: LookAtLink, answer: LinkOwner, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        return countMisses(context, () => accounts.ownerOf(body.token));
      },
    }),
    route({
      method: "POST", path: "/api/accounts/confirm", access: "public", summary: "Confirm an e-mail with the link of a letter", body: ConfirmEmail, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        await countMisses(context, () => accounts.confirmEmail(body.token, networkOf(remoteAddress(context))));
        return done();
      },
    }),
    route({
      method: "POST", path: "/api/auth/forgotten", access: "public", summary: "Ask for a letter with which a new password is chosen", body: Forgotten, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        await mayAsk(context, body.email);
        await evenly(accounts.forgot(body.email));
        return accepted();
      },
    }),
    route({
      method: "POST", path: "/api/auth/reset", access: "public", summary: "Choose a new password with the link of a letter", body: ResetPassword, bytesMax: BODY_BYTES_MAX,
      handle: async ({ body, context }) => {
        await countMisses(context, () => accounts.reset({ ...body, network: networkOf(remoteAddress(context)) }));
        return done();
      },
    }),
  ];
}

/** Of the person who is signed in. */
function ownAccountRoutes({ accounts, database, clock, check, hints }: AccountRoutesParts): Route[] {
  const person = ({ actor, sessionId }: RouteRequest<unknown, unknown>): { userId: string; sessionId: string } => {
    if (!actor || sessionId === null) throw new CodedError("not_signed_in", "Sign in first.");
    return { userId: actor.userId, sessionId };
  };
  return [
    route({
      method: "POST", path: "/api/me/password", access: "person", summary: "Change my password; other devices are signed out", body: ChangePassword, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { userId, sessionId } = person(request);
        await mayTryPassword({ database, clock }, userId);
        await accounts.changePassword(userId, { ...request.body, sessionId, network: networkOf(remoteAddress(request.context)) });
        return done();
      },
    }),
    route({
      method: "POST", path: "/api/me/email", access: "person", summary: "Ask for another e-mail; a letter there confirms it", body: ChangeEmail, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { userId } = person(request);
        await mayTryPassword({ database, clock }, userId);
        await mayAskForLetter({ database, clock }, request.body.email);
        await evenly(accounts.changeEmail(userId, request.body));
        return accepted();
      },
    }),
    route({
      method: "GET", path: "/api/me/sessions", access: "person", summary: "Where I am signed in", answer: SessionLines,
      handle: async (request) => ({ sessions: await listSessions(database.sql, person(request)) }),
    }),
    route({
      method: "DELETE", path: "/api/me/sessions/:id", access: "person", summary: "Sign one of my devices out",
      handle: async (request) => {
        await endSession({ database, clock, check, hints }, { ...person(request), id: request.params["id"] ?? "" });
        return done();
      },
    }),
    route({
      method: "DELETE", path: "/api/me/sessions", access: "person", summary: "Sign all my other devices out",
      handle: async (request) => {
        await endOtherSessions({ database, clock, check, hints }, person(request));
        return done();
      },
    }),
  ];
}
