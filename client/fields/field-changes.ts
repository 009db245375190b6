import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { own, sameValue } from "@mochila/shared/sync/change.ts";
import { fields as en } from "../i18n/en/fields.ts";
import { fields as es } from "../i18n/es/fields.ts";
import { formatDateTime, formatLanguage, formatList, formatMinutes, formatPercent } from "../i18n/formats.ts";
import { makeWords } from "../i18n/words.ts";

const words = makeWords({ fields: en }, { fields: es });

type Fields = Readonly<Record<string, unknown>>;
/** What of a document people can be told, in the order in which they would ask; the rest is ids. Longer texts last. */
const told = ["title", "state", "order", "moduleId", "groupId", "dissolved", "publish", "minutes", "languages", "done", "bookmark", "score", "seenAt", "position", "source", "description", "questions", "objectives", "keyPoints", "body", "content"] as const satisfies readonly (keyof typeof en)[];
type Told = (typeof told)[number];

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
  if (typeof value === "string") {
    if (field === "state" && Object.hasOwn(states, value)) return words(states[value as keyof typeof states]);
    if (field === "groupId") return nameOf?.(value) ?? words("fields.otherGroup");
    return field === "moduleId" ? (nameOf?.(value) ?? words("fields.otherModule")) : value;
  }
  if (typeof value === "number") return field === "minutes" ? formatMinutes(value) : field === "score" ? formatPercent(value) : formatDateTime(value, systemClock.now());
  if (typeof value === "boolean") return words(value ? "fields.isDissolved" : "fields.isNot");
  if (Array.isArray(value)) return field === "languages" ? formatList((value as Language[]).map(formatLanguage)) : value.join("\n");
  const { value: done, block } = value as { readonly value?: unknown; readonly block?: unknown };
  if (field === "bookmark") return words(done === true ? "fields.marked" : "fields.notMarked");
  return field === "done" ? words(done === true ? "fields.yes" : "fields.no") : words("fields.paragraph", { number: Number(block) + 1 });
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
