import * as z from "zod/mini";
import { orOther, TextInLanguages } from "../kernel/answer.ts";
import { Instant, Language, text, Uuid } from "../kernel/schema.ts";
import { NAME_CHARACTERS_MAX } from "../limits.ts";
import { auditActions } from "./audit-actions.ts";
import { InvitationPolicy, SignUpPolicy } from "../users/account.ts";
import { SecondFactorPolicy } from "../users/second-factor.ts";

/** GET and PATCH /api/admin/settings: what an administrator decides for the whole school. */
export const SchoolSettings = z.object({ signUp: orOther(SignUpPolicy), invitations: orOther(InvitationPolicy), secondFactor: orOther(SecondFactorPolicy) });
export type SchoolSettings = z.infer<typeof SchoolSettings>;
export const SettingsChange = z.strictObject({ signUp: z.optional(SignUpPolicy), invitations: z.optional(InvitationPolicy), secondFactor: z.optional(SecondFactorPolicy) });
export type SettingsChange = z.infer<typeof SettingsChange>;

const Count = z.int();

/** GET /api/admin/health: how the school's machine is, in figures that people can act on. Milliseconds and bytes. */
export const Health = z.object({
  letters: z.object({ waiting: Count, refused: Count, givenUp: Count, sends: z.boolean() }),
  /** Accepted and not counted in the reports yet; `reports`: whether there is an engine for them. */
  events: z.object({ waiting: Count, reports: orOther(z.enum(["ready", "away", "none"])) }),
  /** How long the oldest running change has held back what others receive. */
  feedHeldBackMs: z.number(),
  storage: z.object({ databaseBytes: z.number(), filesBytes: z.number(), freeBytes: z.number(), sizeBytes: z.number() }),
  /** Null: there never was one. */
  backup: z.nullable(z.object({ at: Instant, bytes: z.number() })),
  audit: z.object({ waiting: Count }),
  versions: z.object({ node: z.string(), postgres: z.string(), migration: z.string() }),
  upMs: z.number(),
});
export type Health = z.infer<typeof Health>;

export const AuditLine = z.object({
  id: z.string(),
  at: Instant,
  action: z.string(),
  /** Who acted: a person, whoever keeps the machine, the school by itself as time goes by, or somebody who was not signed in. */
  from: orOther(z.enum(["person", "command-line", "school", "outside"])),
  /** Names of now; null: no person, or one who is gone. */
  by: z.nullable(z.string()),
  about: z.nullable(z.string()),
  /** Their e-mails of now, by which two of one name are told apart. */
  byEmail: z.nullable(z.string()),
  aboutEmail: z.nullable(z.string()),
  /** The title, now, of the course that it is about. */
  course: z.nullable(TextInLanguages),
  /** The file of the import that did it. */
  file: z.nullable(z.string()),
  setting: z.nullable(z.string()),
  /** Strings, numbers, yes or no, or null today; what an app has no words for it leaves out. */
  details: z.record(z.string(), z.unknown()),
});
export type AuditLine = z.infer<typeof AuditLine>;

export const AUDIT_PAGE_MAX = 50;
/** More are saved a part of time at a time. */
export const AUDIT_EXPORT_MAX = 200_000;

const Milliseconds = z.string().check(z.regex(/^\d{1,15}$/));
/** What of the log. `person`: what was done by or to them; `who`: the same, by parts of a name or an e-mail. `from` ≤ at < `to`, milliseconds since 1970. */
const filters = { person: z.optional(Uuid), who: z.optional(text(NAME_CHARACTERS_MAX)), action: z.optional(z.enum(auditActions)), from: z.optional(Milliseconds), to: z.optional(Milliseconds) };
export const AuditFilter = z.strictObject(filters);
export type AuditFilter = z.infer<typeof AuditFilter>;

/** GET /api/admin/audit: newest first. `before`: the last line of the page before. */
export const AuditQuery = z.strictObject({ ...filters, before: z.optional(z.string().check(z.regex(/^\d{1,19}$/))) });
/** POST /api/admin/audit/export: oldest first, as a file. `lines`: JSON lines with the chain; `csv`: for a spreadsheet, with what each action is called in `language`. */
export const AuditExport = z.strictObject({ ...filters, format: z.enum(["csv", "lines"]), language: z.optional(Language) });
export type AuditExport = z.infer<typeof AuditExport>;
export const AuditPage = z.object({ lines: z.array(AuditLine), more: z.boolean() });
export type AuditPage = z.infer<typeof AuditPage>;

/** POST /api/admin/audit/verify */
export const AuditCheck = z.object({ links: Count, waiting: Count, whole: z.boolean(), position: z.nullable(z.string()) });
export type AuditCheck = z.infer<typeof AuditCheck>;
