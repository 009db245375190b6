import { AuditCheck, AuditExport, AuditPage, AuditQuery, Health, SchoolSettings, SettingsChange } from "@mochila/shared/admin/school.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { writeAudit } from "../audit/audit.ts";
import { countAudit, exportAudit } from "../audit/export-audit.ts";
import { readAudit } from "../audit/read-audit.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { readInvitations, readSetting, type SchoolSetting, writeSetting } from "../users/school-settings.ts";
import { auditActorOf } from "./audit-actor.ts";

export interface SchoolRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
}

/** A walk over the whole log: not something to ask for every second. */
const CHECKS_PER_MINUTE_MAX = 6;

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

/** What an administrator sees and decides of the whole school. */
export function schoolRoutes({ database, clock, health }: SchoolRoutesParts): Route[] {
  const settings = async (): Promise<SchoolSettings> => ({ signUp: await readSetting(database.sql, "signUp"), invitations: await readInvitations(database.sql), secondFactor: await readSetting(database.sql, "secondFactor") });
  return [
    route({ method: "GET", path: "/api/admin/settings", access: "administrator", summary: "What is decided for the whole school", answer: SchoolSettings, handle: settings }),
    route({
      method: "PATCH", path: "/api/admin/settings", access: "administrator", summary: "Decide something for the whole school", body: SettingsChange, answer: SchoolSettings,
      handle: async (request) => {
        for (const [name, value] of Object.entries(request.body) as [SchoolSetting, NonNullable<SettingsChange[SchoolSetting]>][]) {
          await database.transaction(async (transaction) => {
            const before = await (name === "invitations" ? readInvitations(transaction) : readSetting(transaction, name));
            if (before === value) return;
            await writeSetting(transaction, name, value, request.actor?.userId ?? null);
            await writeAudit(transaction, { clock }, { by: auditActorOf(request), action: "setting.change", object: { kind: "setting", id: name }, details: { from: before, to: value } });
          });
        }
        return settings();
      },
    }),
    route({ method: "GET", path: "/api/admin/health", access: "administrator", summary: "How the school's machine is", answer: Health, handle: health }),
    route({
      method: "GET", path: "/api/admin/audit", access: "administrator", summary: "The audit log, newest first", query: AuditQuery, answer: AuditPage,
      handle: ({ query }) => readAudit(database.sql, query),
    }),
    route({
      method: "POST", path: "/api/admin/audit/export", access: "administrator", summary: "The audit log as a file", body: AuditExport, perMinuteMax: CHECKS_PER_MINUTE_MAX,
      handle: async (request) => {
        const { format, language, ...filter } = request.body;
        const count = await countAudit(database.sql, filter);
        // Names of filters only: a search may hold an e-mail.
        const details = { format, count, filters: Object.keys(filter).toSorted().join(" ") };
        await database.transaction((transaction) => writeAudit(transaction, { clock }, { by: auditActorOf(request), action: "audit.export", object: { kind: "audit", id: "" }, details }));
        const content = ReadableStream.from(encoded(exportAudit(database.sql, { filter, format, language: language ?? "en" })));
        const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        return new Response(content, { headers: { "content-type": type, "content-disposition": `attachment; filename="mochila-log.${format === "csv" ? "csv" : "jsonl"}"`, "cache-control": "no-store" } });
      },
    }),
    route({
      method: "POST", path: "/api/admin/audit/verify", access: "administrator", summary: "Walk the chain of the audit log", answer: AuditCheck, perMinuteMax: CHECKS_PER_MINUTE_MAX,
      handle: async () => {
        const { links, waiting, broken } = await verifyAudit(database, { now: clock.now() });
        return { links, waiting, whole: broken === null, position: broken?.position ?? null };
      },
    }),
  ];
}
