import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { own, sameValue } from "@mochila/shared/sync/change.ts";
import { fields as en } from "../i18n/en/fields.ts";
import { fields as es } from "../i18n/es/fields.ts";
import { formatDateTime, formatLanguage, formatList, formatMinutes, formatPercent } from "../i18n/formats.ts";
import { makeWords } from "../i18n/words.ts";

const words = makeWords({ fields: en }, { fields: es });

type Fields = Readonly<Record<string, unknown>>;
/** What of a document people can be told; the rest is ids. */
type Told = Exclude<keyof typeof en & string, "in" | "moved" | "otherModule" | "publishAsked" | "yes" | "no" | "paragraph" | `state_${string}`>;

/** In the order in which a person would ask. Longer texts last. */
const told: readonly Told[] = ["title", "state", "order", "moduleId", "publish", "minutes", "languages", "done", "score", "seenAt", "position", "source", "description", "questions", "objectives", "keyPoints", "body", "content"];

/** One field, or one language of it, in words. Empty: nothing is or was there. */
export interface FieldChange {
  readonly key: string;
  readonly field: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
/** Course texts are objects of languages; a wish, a place in a text and the like are objects too. */
const isLocalized = (value: unknown): boolean => isObject(value) && Object.keys(value).every((key) => (languages as readonly string[]).includes(key));

const states = { draft: "fields.state_draft", published: "fields.state_published", archived: "fields.state_archived", trashed: "fields.state_trashed" } as const;

/** A value as people say it. `nameOf`: of a module, by its id. */
function valueText(field: Told, value: unknown, nameOf?: (id: string) => string | undefined): string {
  if (value === undefined || value === null) return "";
  if (field === "order") return words("fields.moved");
  if (field === "publish") return words("fields.publishAsked");
  if (field === "state") return words(states[value as keyof typeof states]);
  if (field === "moduleId") return nameOf?.(String(value)) ?? words("fields.otherModule");
  if (field === "done") return words((value as { value?: unknown }).value === true ? "fields.yes" : "fields.no");
  if (field === "position") return words("fields.paragraph", { number: Number((value as { block?: unknown }).block) + 1 });
  if (field === "minutes") return formatMinutes(Number(value));
  if (field === "score") return formatPercent(Number(value));
  if (field === "seenAt") return formatDateTime(Number(value), systemClock.now());
  if (field === "languages") return formatList((value as Language[]).map(formatLanguage));
  return Array.isArray(value) ? value.join("\n") : typeof value === "string" ? value : "";
}

/** Of a new place in the list, or of a wish, only that it is there says something. */
const ONLY_AFTER: ReadonlySet<Told> = new Set(["order", "publish"]);

/** What differs between two states of a document, in words of the language of the moment. `before` null: nothing was there. */
export function fieldChanges(before: Fields | null, after: Fields, nameOf?: (id: string) => string | undefined): FieldChange[] {
  return told.flatMap((field): FieldChange[] => {
    const [old, next] = [own(before ?? {}, field), own(after, field)];
    if (sameValue(old, next)) return [];
    const label = words(`fields.${field}`);
    const values = [old, next].filter((value) => value !== undefined);
    if (!values.every(isLocalized)) {
      return [{ key: field, field, label, before: ONLY_AFTER.has(field) ? "" : valueText(field, old, nameOf), after: valueText(field, next, nameOf) }];
    }
    return languages.flatMap((lang) => {
      const [from, to] = [own((old ?? {}) as Fields, lang), own((next ?? {}) as Fields, lang)];
      if (sameValue(from, to)) return [];
      return [{ key: `${field}.${lang}`, field, label: words("fields.in", { label, language: formatLanguage(lang) }), before: valueText(field, from), after: valueText(field, to) }];
    });
  });
}
