import { CodedError } from "@mochila/shared/errors.ts";
import { AppStep, NewApp, NewCodes, PasskeyOptions, PasskeySignIn, PasskeyStep, SecondStep, StepOnly } from "@mochila/shared/users/second-factor.ts";
import { Session } from "@mochila/shared/users/session.ts";
import type { Context } from "hono";
import { type Route, route } from "../../http/route.ts";
import type { Database } from "../../db/database.ts";
import { enterProved, type EntranceParts, placeOf } from "../entrance.ts";
import { findById, type PersonRow } from "../people.ts";
import { readPendingCookie } from "../refresh-cookie.ts";
import type { RefusedSignIns } from "../refused-sign-ins.ts";
import { suspended } from "../sign-in.ts";
import type { SignInLimit } from "../sign-in-limit.ts";
import { methodsOf } from "./factor-rows.ts";
import type { Passkeys } from "./passkeys.ts";
import type { Pending, PendingKeys } from "./pending-sign-ins.ts";
import type { SecondFactors } from "./second-factors.ts";

export interface SecondStepParts extends EntranceParts {
  readonly database: Database;
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly limit: SignInLimit;
  readonly refused: RefusedSignIns;
}

/** An answer of a passkey with its certificates is a few thousand bytes. */
const BODY_BYTES_MAX = 32 * 1024;
/** A school comes out of one address. */
const PER_MINUTE_MAX = 600;
const bounds = { access: "public", bytesMax: BODY_BYTES_MAX, perMinuteMax: PER_MINUTE_MAX } as const;

export const secondStepRoutes = (parts: SecondStepParts): Route[] => [...proofRoutes(parts), ...firstFactorRoutes(parts), ...passkeyRoutes(parts)];

/** The password was right; these open the session. */
function proofRoutes(parts: SecondStepParts): Route[] {
  const { pending, passkeys, publicUrl } = parts;
  return [
    route({
      method: "POST", path: "/api/auth/second-factor", ...bounds, summary: "The second step of a sign-in: a code of an app, or a recovery code", body: SecondStep, answer: Session,
      handle: async ({ body, context }) => {
        const keys = keysOf(parts, context, body.token);
        const proved = await tryCode(parts, context, { keys, code: body.code });
        await pending.end(keys);
        return enterProved(parts, context, proved);
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/passkey/begin", ...bounds, summary: "What to ask a passkey for the second step", body: StepOnly, answer: PasskeyOptions,
      handle: async ({ body, context }) => {
        const { person, holder } = await pending.read(keysOf(parts, context, body.token));
        return passkeys.beginProof(person, holder);
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/passkey", ...bounds, summary: "The second step of a sign-in: a passkey", body: PasskeyStep, answer: Session,
      handle: async ({ body, context }) => {
        const keys = keysOf({ publicUrl }, context, body.token);
        const { person, holder, sharedComputer } = await pending.try(keys);
        await passkeys.proof(person, { credential: body.credential, holder });
        await pending.end(keys);
        return enterProved(parts, context, { person, factor: "passkey", sharedComputer });
      },
    }),
  ];
}

/** For somebody who must have a factor and has none: set up right after the password, before anything else. */
function firstFactorRoutes(parts: SecondStepParts): Route[] {
  const { pending, factors, passkeys } = parts;
  const begun = async (context: Context, token: string) => {
    const keys = keysOf(parts, context, token);
    return { keys, ...(await withoutFactor(parts, await pending.read(keys))), by: { userId: null, network: placeOf(context).network } };
  };
  return [
    route({
      method: "POST", path: "/api/auth/second-factor/set-up/app", ...bounds, summary: "A key for the first authenticator app, within a sign-in", body: StepOnly, answer: NewApp,
      handle: async ({ body, context }) => {
        const { person, holder } = await begun(context, body.token);
        return factors.beginApp(person, holder);
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/set-up/app/confirm", ...bounds, summary: "The first code of the first app; answers recovery codes", body: AppStep, answer: NewCodes,
      handle: async ({ body, context }) => {
        const { keys, person, holder, by } = await begun(context, body.token);
        const codes = await factors.confirmApp(person, by, { app: body.app, code: body.code, holder });
        await pending.prove(keys);
        return { codes };
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/set-up/passkey", ...bounds, summary: "What to ask a device to make the first passkey, within a sign-in", body: StepOnly, answer: PasskeyOptions,
      handle: async ({ body, context }) => {
        const { person, holder } = await begun(context, body.token);
        return passkeys.beginNew(person, holder);
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/set-up/passkey/confirm", ...bounds, summary: "The first passkey; answers recovery codes", body: PasskeyStep, answer: NewCodes,
      handle: async ({ body, context }) => {
        const { keys, person, holder, by } = await begun(context, body.token);
        const codes = await passkeys.confirmNew(person, by, { credential: body.credential, holder, name: placeOf(context).device });
        await pending.prove(keys);
        return { codes };
      },
    }),
    route({
      method: "POST", path: "/api/auth/second-factor/set-up/done", ...bounds, summary: "Go in after the first factor was set up in this sign-in", body: StepOnly, answer: Session,
      handle: async ({ body, context }) => {
        const keys = keysOf(parts, context, body.token);
        const { person, proved, sharedComputer } = await pending.read(keys);
        if (!proved) throw new CodedError("forbidden", "No factor was set up in this sign-in.");
        await pending.end(keys);
        return enterProved(parts, context, { person, factor: "set-up", sharedComputer });
      },
    }),
  ];
}

/** A passkey in the place of e-mail and password. */
function passkeyRoutes(parts: SecondStepParts): Route[] {
  const { passkeys, database } = parts;
  return [
    route({
      method: "POST", path: "/api/auth/passkey/begin", ...bounds, summary: "What to ask any passkey of this school", answer: PasskeyOptions,
      handle: () => passkeys.beginSignIn(),
    }),
    route({
      method: "POST", path: "/api/auth/passkey", ...bounds, summary: "Sign in with a passkey alone", body: PasskeySignIn, answer: Session,
      handle: async ({ body, context }) => {
        const person = await findById(database.sql, await passkeys.signIn(body.credential));
        if (!person || person.email_verified_at === null) throw new CodedError("wrong_credentials", "This passkey opens no account.");
        if (person.state !== "active") throw suspended();
        return enterProved(parts, context, { person, factor: "passkey", sharedComputer: body.sharedComputer === true });
      },
    }),
  ];
}

const keysOf = ({ publicUrl }: Pick<SecondStepParts, "publicUrl">, context: Context, token: string): PendingKeys => ({ token, browser: readPendingCookie(context, publicUrl) });

/** Throws `wrong_credentials`; `too_many_requests` for too many of one person, on whichever sign-in. */
async function tryCode({ pending, limit, factors, refused }: SecondStepParts, context: Context, { keys, code }: { keys: PendingKeys; code: string }): Promise<{ person: PersonRow; factor: "totp" | "recovery"; sharedComputer: boolean }> {
  const { network } = placeOf(context);
  const { person: asked } = await pending.read(keys);
  const attempt = await limit.begin({ target: `code ${asked.id}`, network, ownSession: null });
  const { person, sharedComputer } = await pending.try(keys);
  const factor = await factors.useCode(person, { userId: null, network }, code);
  if (factor === null) {
    await refused.note({ personId: person.id, network, tries: attempt.tries, what: "code" });
    throw new CodedError("wrong_credentials", "The code is wrong.");
  }
  await attempt.right();
  return { person, factor, sharedComputer };
}

/** Throws `forbidden` for somebody who has one: theirs is asked for, and no other is made by the password alone. */
async function withoutFactor({ database }: SecondStepParts, waiting: Pending): Promise<Pending> {
  if ((await methodsOf(database.sql, waiting.person.id)).length > 0) throw new CodedError("forbidden", "There is a second factor already; use it.");
  return waiting;
}
