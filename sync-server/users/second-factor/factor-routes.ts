import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { ConfirmApp, ConfirmPasskey, FactorLines, NewApp, NewCodes, PasskeyOptions, WithPassword } from "@mochila/shared/users/second-factor.ts";
import type { Context } from "hono";
import type { AuditActor } from "../../audit/audit.ts";
import type { Database } from "../../db/database.ts";
import { type BucketLimit, takeFromBucket } from "../../http/rate-bucket.ts";
import { type Route, route, type RouteRequest } from "../../http/route.ts";
import type { Accounts } from "../accounts.ts";
import { placeOf } from "../entrance.ts";
import { makeProvePassword } from "../own-password.ts";
import { findById, type PersonRow } from "../people.ts";
import { listFactors } from "./factor-rows.ts";
import type { Passkeys } from "./passkeys.ts";
import { countCodes } from "./recovery-codes.ts";
import type { SecondFactors } from "./second-factors.ts";

export interface FactorRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
}

const BODY_BYTES_MAX = 32 * 1024;
const OWN_CODE: BucketLimit = { size: 10, refillMs: 12_000 };

type Request = Pick<RouteRequest<unknown, unknown>, "actor" | "sessionId" | "context">;

interface Own {
  readonly person: PersonRow;
  /** The session that asks; steps are bound to it. */
  readonly sessionId: string;
  readonly by: AuditActor;
}

const ownOf = ({ actor, sessionId, context }: Request): { userId: string; sessionId: string; by: AuditActor; context: Context } => {
  if (!actor || sessionId === null) throw new CodedError("not_signed_in", "Sign in first.");
  return { userId: actor.userId, sessionId, context, by: { userId: actor.userId, sessionId, network: placeOf(context).network } };
};

/** The second factors of the person who is signed in. */
export function factorRoutes({ database, clock, accounts, factors, passkeys }: FactorRoutesParts): Route[] {
  const provePassword = makeProvePassword({ database, clock, accounts });
  const own = async (request: Request): Promise<Own> => {
    const { userId, ...rest } = ownOf(request);
    const person = await findById(database.sql, userId);
    if (!person) throw new CodedError("session_ended", "This person is not here any more.");
    return { ...rest, person };
  };
  /** Throws `wrong_credentials`. */
  const proved = async (request: Request, password: string): Promise<Own> => {
    const { userId, ...rest } = ownOf(request);
    return { ...rest, person: await provePassword(userId, password) };
  };
  return [
    route({
      method: "GET", path: "/api/me/second-factors", access: "person", summary: "What I have besides my password", answer: FactorLines,
      handle: async (request) => {
        const { person } = await own(request);
        const [lines, codesLeft, required] = await Promise.all([listFactors(database.sql, person.id), countCodes(database.sql, person.id), factors.isRequired(database.sql, person)]);
        return { factors: lines, codesLeft, required };
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/app", access: "person", summary: "A key for an authenticator app", body: WithPassword, answer: NewApp, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, sessionId } = await proved(request, request.body.password);
        return factors.beginApp(person, sessionId);
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/app/confirm", access: "person", summary: "The first code of a new app", body: ConfirmApp, answer: NewCodes, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, by, sessionId } = await own(request);
        await takeFromBucket(database.sql, `own code ${person.id}`, OWN_CODE, clock.now());
        return { codes: await factors.confirmApp(person, by, { ...request.body, holder: sessionId }) };
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/passkey", access: "person", summary: "What to ask a device to make a passkey", body: WithPassword, answer: PasskeyOptions, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, sessionId } = await proved(request, request.body.password);
        return passkeys.beginNew(person, sessionId);
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/passkey/confirm", access: "person", summary: "A passkey that was made", body: ConfirmPasskey, answer: NewCodes, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, by, sessionId } = await own(request);
        return { codes: await passkeys.confirmNew(person, by, { credential: request.body.credential, holder: sessionId, name: placeOf(request.context).device }) };
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/codes", access: "person", summary: "New recovery codes in the place of the earlier ones", body: WithPassword, answer: NewCodes, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, by } = await proved(request, request.body.password);
        return { codes: await factors.newCodes(person, by) };
      },
    }),
    route({
      method: "POST", path: "/api/me/second-factors/:id/remove", access: "person", summary: "Remove one of my second factors", body: WithPassword, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { person, by } = await proved(request, request.body.password);
        const id = request.params["id"] ?? "";
        if (!isUuid(id)) throw new CodedError("forbidden", "This is none of yours.");
        await factors.remove(person, by, id);
        return new Response(null, { status: 204 });
      },
    }),
  ];
}
