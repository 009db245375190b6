import { AuditCheck, AuditPage, AuditQuery, Health, SchoolSettings, SettingsChange } from "@mochila/shared/admin/school.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { writeAudit } from "../audit/audit.ts";
import { readAudit } from "../audit/read-audit.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { readSetting, writeSetting } from "../users/school-settings.ts";
import { auditActorOf } from "./audit-actor.ts";

export interface SchoolRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
}

/** A walk over the whole log: not something to ask for every second. */
const CHECKS_PER_MINUTE_MAX = 6;

/** What an administrator sees and decides of the whole school. */
export function schoolRoutes({ database, clock, health }: SchoolRoutesParts): Route[] {
  const settings = async (): Promise<SchoolSettings> => ({ signUp: await readSetting(database.sql, "signUp") });
  return [
    route({ method: "GET", path: "/api/admin/settings", access: "administrator", summary: "What is decided for the whole school", answer: SchoolSettings, handle: settings }),
    route({
      method: "PATCH", path: "/api/admin/settings", access: "administrator", summary: "Decide something for the whole school", body: SettingsChange, answer: SchoolSettings,
      handle: async (request) => {
        const { signUp } = request.body;
        if (signUp !== undefined) {
          await database.transaction(async (transaction) => {
            const before = await readSetting(transaction, "signUp");
            if (before === signUp) return;
            await writeSetting(transaction, "signUp", signUp, request.actor?.userId ?? null);
            await writeAudit(transaction, { clock }, { by: auditActorOf(request), action: "setting.change", object: { kind: "setting", id: "signUp" }, details: { from: before, to: signUp } });
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
      method: "POST", path: "/api/admin/audit/verify", access: "administrator", summary: "Walk the chain of the audit log", answer: AuditCheck, perMinuteMax: CHECKS_PER_MINUTE_MAX,
      handle: async () => {
        const { links, waiting, broken } = await verifyAudit(database, { now: clock.now() });
        return { links, waiting, whole: broken === null, position: broken?.position ?? null };
      },
    }),
  ];
}
