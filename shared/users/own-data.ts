import * as z from "zod/mini";
import { Instant, orElse, Uuid } from "../kernel/schema.ts";
import { PASSWORD_CHARACTERS_MAX } from "../limits.ts";
import { Email } from "./typed.ts";

/** What undoes nothing easily is asked for with the password once more. */
export const WithPassword = z.strictObject({ password: z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX)) });

/**
 * A copy of everything that the school has of a person. `waiting`: it is prepared. `ready`: to be fetched until `expiresAt`. `failed`: nobody could make it;
 * it may be asked for again.
 */
const DataExport = z.object({
  state: orElse(z.enum(["waiting", "ready", "failed"]), "waiting"),
  askedAt: Instant,
  expiresAt: Instant,
  /** Of the ZIP; null until it is ready. */
  bytes: z.nullable(z.int()),
});

/** GET /api/me/data-export; null: none was asked for, or it has expired. */
export const DataExportState = z.object({ export: z.nullable(DataExport) });
export type DataExportState = z.infer<typeof DataExportState>;

/** Answer of POST /api/me/closure: when the account will be closed. */
export const ClosingAsked = z.object({ closingAt: Instant });

/** POST /api/admin/people/:id/closure: whoever closes somebody's account for ever types their e-mail. */
export const TypedEmail = z.strictObject({ email: Email });

/** What keeps a person from closing their account: courses that nobody else teaches, or that the school has no other administrator. */
export const Closure = z.object({
  /** When the account will be closed; null: nobody asked for it. */
  closingAt: z.nullable(Instant),
  lastTeacherOf: z.array(z.object({ id: Uuid, title: z.string() })),
  lastAdministrator: z.boolean(),
});
export type Closure = z.infer<typeof Closure>;
