import * as z from "zod/mini";
import { Instant, text, Uuid } from "../kernel/schema.ts";
import { NAME_CHARACTERS_MAX } from "../limits.ts";
import { SignUpPolicy } from "../users/account.ts";

/** GET and PATCH /api/admin/settings: what an administrator decides for the whole school. */
export const SchoolSettings = z.strictObject({ signUp: SignUpPolicy });
export type SchoolSettings = z.infer<typeof SchoolSettings>;
export const SettingsChange = z.partial(SchoolSettings);

const Count = z.int();

/** GET /api/admin/health: how the school's machine is, in figures that people can act on. Milliseconds and bytes. */
export const Health = z.strictObject({
  letters: z.strictObject({ waiting: Count, refused: Count, givenUp: Count, sends: z.boolean() }),
  /** Accepted and not counted in the reports yet; `reports`: whether there is an engine for them. */
  events: z.strictObject({ waiting: Count, reports: z.enum(["ready", "away", "none"]) }),
  /** How long the oldest running change has held back what others receive. */
  feedHeldBackMs: z.number(),
  storage: z.strictObject({ databaseBytes: z.number() }),
  audit: z.strictObject({ waiting: Count }),
  versions: z.strictObject({ node: text(50), postgres: text(100), migration: text(100) }),
  upMs: z.number(),
});
export type Health = z.infer<typeof Health>;

export const AuditLine = z.strictObject({
  id: text(30),
  at: Instant,
  action: text(60),
  /** Names of now; null: nobody was signed in, or the person is gone. */
  by: z.nullable(text(NAME_CHARACTERS_MAX)),
  about: z.nullable(text(NAME_CHARACTERS_MAX)),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AuditLine = z.infer<typeof AuditLine>;

export const AUDIT_PAGE_MAX = 50;
/** GET /api/admin/audit: newest first. `person`: what was done by or to them. `before`: the last line of the page before. */
export const AuditQuery = z.strictObject({ person: z.optional(Uuid), before: z.optional(z.string().check(z.regex(/^\d{1,19}$/))) });
export const AuditPage = z.strictObject({ lines: z.array(AuditLine), more: z.boolean() });
export type AuditPage = z.infer<typeof AuditPage>;

/** POST /api/admin/audit/verify */
export const AuditCheck = z.strictObject({ links: Count, waiting: Count, whole: z.boolean(), position: z.nullable(text(30)) });
export type AuditCheck = z.infer<typeof AuditCheck>;
