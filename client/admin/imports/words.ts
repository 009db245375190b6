import { type ImportLine, ImportRefusal } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { imports as en } from "../../i18n/en/imports.ts";
import { imports as es } from "../../i18n/es/imports.ts";
import { endOfDay, writeDay } from "../../courses/entry/day.ts";
import { formatDate, formatDateTime } from "../../i18n/formats.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words that only who imports people reads. */
export const said = makeWords({ imports: en }, { imports: es });

type Underscored<Text extends string> = Text extends `${infer Head}-${infer Rest}` ? `${Head}_${Underscored<Rest>}` : Text;
const underscored = <Text extends string>(text: Text) => text.replaceAll("-", "_") as Underscored<Text>;

/** A day alone where the place ends with it, as the reader's calendar has it. */
const endWords = (at: number, now: number): string => (endOfDay(writeDay(at)) === at ? formatDate(at, now) : formatDateTime(at, now));

function effectWords(effect: ImportLine["effects"][number], { course, endsAt, now }: { course: string; endsAt: number; now: number }): string {
  if (effect === "other") return said("imports.effect_other");
  if (effect === "account") return said("imports.effect_account");
  if (effect === "system-role") return said("imports.effect_systemRole");
  if (effect === "enrolled") return said("imports.effect_enrolled", { course });
  return effect === "course-role" ? said("imports.effect_courseRole", { course }) : said("imports.effect_courseEnd", { course, when: endWords(endsAt, now) });
}

/** What a line does, did, or what is wrong with it. */
export function resultWords({ problem, otherLine, effects, course, endsAt, undone, keptWhy }: ImportLine, now: number): string {
  if (problem !== null) return said(`imports.problem_${underscored(problem)}`, { line: otherLine ?? 0, course: course ?? "" });
  if (undone === "undone" && effects.length > 0) return said("imports.line_undone");
  if (undone === "kept") return keptWhy === null || keptWhy === "other" ? said("imports.why_unknown") : said(`imports.why_${underscored(keptWhy)}`);
  return effects.map((effect) => effectWords(effect, { course: course ?? "", endsAt: endsAt ?? now, now })).join(" · ") || said("imports.effect_none");
}

/** Why the school did not take a file. */
export function refusalWords(error: unknown): string {
  if (!(error instanceof CodedError)) return said("imports.failed");
  if (error.code === "too_large") return said("imports.refused_too_large");
  if (error.code === "unavailable") return said("imports.away");
  const { reason, line } = (error.more.details ?? {}) as { reason?: unknown; line?: number };
  // Why, a newer server may have more to say than this app has words.
  const known = ImportRefusal.safeParse(reason);
  return known.success ? said(`imports.refused_${underscored(known.data)}`, { line: line ?? 0 }) : said("imports.failed");
}
