import * as z from "zod/mini";
import { Instant, LocalizedTitle, text, Uuid } from "../kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "../limits.ts";
import { auditActions } from "./audit-actions.ts";
import { IMPORT_FILE_NAME_CHARACTERS_MAX } from "./people-import.ts";
import { InvitationPolicy, SignUpPolicy } from "../users/account.ts";
import { SecondFactorPolicy } from "../users/second-factor.ts";

/** GET and PATCH /api/admin/settings: what an administrator decides for the whole school. */
export const SchoolSettings = z.strictObject({ signUp: SignUpPolicy, invitations: InvitationPolicy, secondFactor: SecondFactorPolicy });
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
  storage: z.strictObject({ databaseBytes: z.number(), filesBytes: z.number(), freeBytes: z.number(), sizeBytes: z.number() }),
  /** Null: there never was one. */
  backup: z.nullable(z.strictObject({ at: Instant, bytes: z.number() })),
  audit: z.strictObject({ waiting: Count }),
  versions: z.strictObject({ node: text(50), postgres: text(100), migration: text(100) }),
  upMs: z.number(),
});
export type Health = z.infer<typeof Health>;

export const AuditLine = z.strictObject({
  id: text(30),
  at: Instant,
  action: text(60),
  /** Who acted: a person, whoever keeps the machine, the school by itself as time goes by, or somebody who was not signed in. */
  from: z.enum(["person", "command-line", "school", "outside"]),
  /** Names of now; null: no person, or one who is gone. */
  by: z.nullable(text(NAME_CHARACTERS_MAX)),
  about: z.nullable(text(NAME_CHARACTERS_MAX)),
  /** Their e-mails of now, by which two of one name are told apart. */
  byEmail: z.nullable(text(EMAIL_CHARACTERS_MAX)),
  aboutEmail: z.nullable(text(EMAIL_CHARACTERS_MAX)),
  /** The title, now, of the course that it is about. */
  course: z.nullable(LocalizedTitle),
  /** The file of the import that did it. */
  file: z.nullable(text(IMPORT_FILE_NAME_CHARACTERS_MAX)),
  setting: z.nullable(text(40)),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
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
/** POST /api/admin/audit/export: oldest first, as a file. `lines`: JSON lines with the chain; `csv`: for a spreadsheet. */
export const AuditExport = z.strictObject({ ...filters, format: z.enum(["csv", "lines"]) });
export const AuditPage = z.strictObject({ lines: z.array(AuditLine), more: z.boolean() });
export type AuditPage = z.infer<typeof AuditPage>;

/** POST /api/admin/audit/verify */
export const AuditCheck = z.strictObject({ links: Count, waiting: Count, whole: z.boolean(), position: z.nullable(text(30)) });
export type AuditCheck = z.infer<typeof AuditCheck>;
