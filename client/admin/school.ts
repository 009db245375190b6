import { AuditCheck, type AuditExport, type AuditFilter, AuditPage, Health, SchoolSettings, type SettingsChange } from "@mochila/shared/admin/school.ts";
import { useAsk } from "../users/own-calls.ts";

const SAVE_MS_MAX = 300_000;

const queryOf = (values: Readonly<Record<string, string | undefined>>): string =>
  String(new URLSearchParams(Object.entries(values).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))));

/** What an administrator asks about the whole school. Each throws CodedError. */
export function useSchoolCalls() {
  const ask = useAsk();
  return {
    settings: async () => SchoolSettings.parse(await (await ask("/api/admin/settings")).json()),
    decide: async (change: SettingsChange) => SchoolSettings.parse(await (await ask("/api/admin/settings", "PATCH", change)).json()),
    health: async () => Health.parse(await (await ask("/api/admin/health")).json()),
    audit: async (filter: AuditFilter, before?: string) => AuditPage.parse(await (await ask(`/api/admin/audit?${queryOf({ ...filter, before })}`)).json()),
    /** May take long: the whole log. */
    saveAudit: async (what: AuditExport) => (await ask("/api/admin/audit/export", "POST", what, AbortSignal.timeout(SAVE_MS_MAX))).blob(),
    checkAudit: async () => AuditCheck.parse(await (await ask("/api/admin/audit/verify", "POST", {})).json()),
  };
}

export type SchoolCalls = ReturnType<typeof useSchoolCalls>;
