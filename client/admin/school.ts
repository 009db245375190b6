import { AuditCheck, AuditPage, Health, SchoolSettings } from "@mochila/shared/admin/school.ts";
import { useAsk } from "../users/own-calls.ts";

/** What an administrator asks about the whole school. Each throws CodedError. */
export function useSchoolCalls() {
  const ask = useAsk();
  return {
    settings: async () => SchoolSettings.parse(await (await ask("/api/admin/settings")).json()),
    decide: async (change: Partial<SchoolSettings>) => SchoolSettings.parse(await (await ask("/api/admin/settings", "PATCH", change)).json()),
    health: async () => Health.parse(await (await ask("/api/admin/health")).json()),
    audit: async (before?: string) => AuditPage.parse(await (await ask(`/api/admin/audit${before === undefined ? "" : `?before=${before}`}`)).json()),
    checkAudit: async () => AuditCheck.parse(await (await ask("/api/admin/audit/verify", "POST", {})).json()),
  };
}

export type SchoolCalls = ReturnType<typeof useSchoolCalls>;
