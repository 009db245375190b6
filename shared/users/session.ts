import * as z from "zod/mini";
import { SystemRole } from "../access/actor.ts";
import { Instant, Language, orElse, Uuid } from "../kernel/schema.ts";

/** The person who is signed in, as the device keeps it. */
export const User = z.object({
  id: Uuid,
  email: z.string(),
  name: z.string(),
  systemRole: orElse(SystemRole, "student"),
  language: orElse(Language, "en"),
  /** The file of their picture; absent: none, or an app from before there were any. */
  picture: z.optional(z.nullable(Uuid)),
  /** Null: as the device. */
  timeZone: z.optional(z.nullable(z.string())),
});
export type User = z.infer<typeof User>;

/** Answer of login and refresh. The refresh token is in the cookie only. `expiresAt`: milliseconds since 1970, by the server's clock. */
export const Session = z.object({
  accessToken: z.string(),
  expiresAt: Instant,
  user: User,
  /** Of a sign-in: the person had asked to close their account, and keeps it by this. Absent: they had not. */
  closingTakenBack: z.optional(z.boolean()),
});
export type Session = z.infer<typeof Session>;
