import * as z from "zod/mini";
import { Language, text } from "../kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "../limits.ts";

// What people type of themselves. Apart from the session, which every student loads.

export const Email = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(EMAIL_CHARACTERS_MAX), z.regex(/^[^\s@]+@[^\s@]+$/));
export const NewPassword = z.string().check(z.minLength(PASSWORD_CHARACTERS_MIN), z.maxLength(PASSWORD_CHARACTERS_MAX));

/** A name that somebody gives. One line; no signs that turn what stands beside it around, with which one could look like another. */
export const PersonName = text(NAME_CHARACTERS_MAX).check(z.trim(), z.minLength(1), z.regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u));

/** In a body that signs in: this is a computer of many people; its session is short and ends with the browser (SC1). Absent: it is not. */
export const SharedComputer = z.optional(z.boolean());

/** POST /api/auth/login */
export const SignIn = z.strictObject({ email: Email, password: z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX)), sharedComputer: SharedComputer });
/** A name of the IANA list, such as America/Mexico_City; whether there is such a one the server knows. */
export const TimeZone = z.string().check(z.maxLength(64), z.regex(/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/));
/** PATCH /api/me */
export const ProfileChange = z.strictObject({ name: z.optional(PersonName), language: z.optional(Language), timeZone: z.optional(z.nullable(TimeZone)) });
export type ProfileChange = z.infer<typeof ProfileChange>;
/** POST /api/setup: the one-time link makes the first administrator, in the language of the page. */
export const SetUp = z.strictObject({ token: text(100), name: PersonName, email: Email, password: NewPassword, language: z.optional(Language) });
