import { auditActions } from "@mochila/shared/admin/audit-actions.ts";
import { expect, it } from "vitest";
import { audit as en } from "../i18n/en/audit.ts";
import { audit as es } from "../i18n/es/audit.ts";
import { wordOf } from "@mochila/shared/admin/audit-words.ts";

it("AU2 each action of the log has words of its own in each language, and none is left over", () => {
  const keys = auditActions.map(wordOf);
  expect(new Set(keys).size).toBe(auditActions.length);
  for (const words of [en, es]) expect(Object.keys(words).filter((key) => key.startsWith("action_")).sort()).toEqual([...keys, "action_all", "action_other"].sort());
});
