import * as z from "zod/mini";
import { orOther } from "../kernel/answer.ts";
import { Instant, text, Uuid } from "../kernel/schema.ts";
import { PASSWORD_CHARACTERS_MAX } from "../limits.ts";
import { Session } from "./session.ts";
import { SharedComputer } from "./typed.ts";

/** How a second step can be done: a code of an authenticator app, a passkey, a recovery code. */
const SecondFactorMethod = z.enum(["totp", "passkey", "recovery"]);
export type SecondFactorMethod = z.infer<typeof SecondFactorMethod>;

/** Whether staff must have one. */
export const SecondFactorPolicy = z.enum(["required", "optional"]);
export type SecondFactorPolicy = z.infer<typeof SecondFactorPolicy>;

const StepToken = text(100);

/** The password was right. `token` opens the second step only, for 10 minutes, in this browser. No methods: one must be set up first. */
export const PendingSignIn = z.object({ token: z.string(), methods: z.array(orOther(SecondFactorMethod)) });
export type PendingSignIn = z.infer<typeof PendingSignIn>;
/** Answer of login and set-up. */
export const SignInAnswer = z.union([Session, z.object({ secondFactor: PendingSignIn })]);

/** What the browser's `navigator.credentials` gave, as JSON; looked into by the WebAuthn library alone. */
const Credential = z.looseObject({ id: text(2_000), rawId: text(2_000), type: z.literal("public-key"), response: z.looseObject({ clientDataJSON: text(8_000) }) });

/** POST /api/auth/second-factor */
export const SecondStep = z.strictObject({ token: StepToken, code: text(40) });
/** POST /api/auth/second-factor/passkey and …/set-up/passkey/confirm */
export const PasskeyStep = z.strictObject({ token: StepToken, credential: Credential });
/** Of the second step: who asks. */
export const StepOnly = z.strictObject({ token: StepToken });
/** POST /api/auth/second-factor/set-up/app/confirm: the first code proves that the app has the key. */
export const AppStep = z.strictObject({ token: StepToken, app: StepToken, code: text(40) });
/** POST /api/auth/passkey: a passkey in the place of e-mail and password. */
export const PasskeySignIn = z.strictObject({ credential: Credential, sharedComputer: SharedComputer });

/** Questions of WebAuthn, as the browser takes them. */
export const PasskeyOptions = z.looseObject({ challenge: z.string() });
export type PasskeyOptions = z.infer<typeof PasskeyOptions>;
/** The key of a new authenticator app: as a text, and as the address that a picture carries. */
export const NewApp = z.object({ app: z.string(), key: z.string(), address: z.string() });
export type NewApp = z.infer<typeof NewApp>;
/** Shown once, with the first factor or when new ones were asked for; null: the earlier ones still hold. */
export const NewCodes = z.object({ codes: z.nullable(z.array(z.string())) });
export type NewCodes = z.infer<typeof NewCodes>;

export const FactorLine = z.object({ id: Uuid, kind: orOther(z.enum(["totp", "passkey"])), /** Where a passkey was made, as the device called itself. */ name: z.string(), addedAt: Instant, usedAt: z.nullable(Instant) });
export type FactorLine = z.infer<typeof FactorLine>;
/** GET /api/me/second-factors */
export const FactorLines = z.object({ factors: z.array(FactorLine), codesLeft: z.int(), required: z.boolean() });
export type FactorLines = z.infer<typeof FactorLines>;

/** Each change of what signs a person in asks for the password again (ASVS V7.5.1). */
const password = z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX));
export const WithPassword = z.strictObject({ password });
/** POST /api/me/second-factors/app/confirm */
export const ConfirmApp = z.strictObject({ app: StepToken, code: text(40) });
/** POST /api/me/second-factors/passkey/confirm */
export const ConfirmPasskey = z.strictObject({ credential: Credential });
