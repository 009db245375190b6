import * as z from "zod/mini";
import { Instant, Language, orElse, text, Uuid } from "../kernel/schema.ts";
import { PASSWORD_CHARACTERS_MAX } from "../limits.ts";
import { Email, NewPassword, PersonName } from "./typed.ts";

const LinkToken = text(100);
const CurrentPassword = z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX));

/** Who may make an account by themselves: everybody who has an e-mail, or nobody. Staff make accounts in both. */
export const SignUpPolicy = z.enum(["open", "closed"]);
export type SignUpPolicy = z.infer<typeof SignUpPolicy>;

/** Whether who teaches a course may also invite people who have no account. */
export const InvitationPolicy = z.enum(["instructors", "administrators"]);
export type InvitationPolicy = z.infer<typeof InvitationPolicy>;

/** Where letters of the school go: to people by mail; to a page of the machine on which somebody tries Mochila out; to nobody, so that links go through hands. */
export const LetterWay = z.enum(["mail", "preview", "none"]);
export type LetterWay = z.infer<typeof LetterWay>;

/** GET /api/door: what somebody who is not signed in may do. */
export const Door = z.object({ signUp: orElse(SignUpPolicy, "closed"), letters: orElse(LetterWay, "mail") });
export type Door = z.infer<typeof Door>;

/** GET /api/setup: whether the school waits for its first administrator. */
export const SetUpState = z.object({ open: z.boolean() });

/** POST /api/accounts. The answer is the same whether the e-mail has an account or not. */
export const SignUp = z.strictObject({ email: Email, name: PersonName, password: NewPassword, language: Language });
export type SignUp = z.infer<typeof SignUp>;

/** POST /api/accounts/link: whose account a link opens, before it is used. The token travels in a body, as when it is used. */
export const LookAtLink = z.strictObject({ token: LinkToken });
/** `name`, `email`: as they will be when the link is used. */
export const LinkOwner = z.object({ name: z.string(), email: z.string() });
export type LinkOwner = z.infer<typeof LinkOwner>;

/** POST /api/accounts/confirm: an e-mail is the person's who opened the letter. */
export const ConfirmEmail = z.strictObject({ token: LinkToken });
/** POST /api/auth/forgotten */
export const Forgotten = z.strictObject({ email: Email });
/** POST /api/auth/reset: with the link of a letter, of a reset or an invitation. */
export const ResetPassword = z.strictObject({ token: LinkToken, password: NewPassword });
/** POST /api/me/password: ends all other sessions. */
export const ChangePassword = z.strictObject({ current: CurrentPassword, password: NewPassword });
/** POST /api/me/email: asks the new e-mail to confirm. */
export const ChangeEmail = z.strictObject({ email: Email, password: CurrentPassword });

/** GET /api/me/sessions: one line a device. `device`: as it named itself, in plain words. */
export const SessionLine = z.object({ id: Uuid, device: z.string(), startedAt: Instant, seenAt: Instant, current: z.boolean() });
export const SessionLines = z.object({ sessions: z.array(SessionLine) });
export type SessionLine = z.infer<typeof SessionLine>;

