import { afterEach, expect, it } from "vitest";
import { collections } from "@mochila/shared/registry.ts";
import { chooseLanguage } from "../i18n/language.ts";
import { fieldChanges } from "./field-changes.ts";

afterEach(() => chooseLanguage("en"));
const said = (before: Record<string, unknown> | null, after: Record<string, unknown>) => fieldChanges(before, after, (id) => (id === "m" ? "Water" : undefined)).map(({ label, before: from, after: to }) => [label, from, to]);

it("N2 R5 says each changed field by its name and in words, in both languages, never as data", () => {
  const before = { title: { en: "Rain", es: "Lluvia" }, state: "draft", moduleId: "m", order: "V", minutes: 5, languages: ["en"] };
  const after = { ...before, title: { en: "Rain and snow", es: "Lluvia" }, state: "published", moduleId: "gone", order: "W", languages: ["en", "es"], publish: { rev: "r", at: 1, state: { en: "AAAA" } } };
  delete (after as { minutes?: number }).minutes;
  expect(said(before, after)).toEqual([
    ["Title in English", "Rain", "Rain and snow"],
    ["Who sees it", "Draft, only teachers", "Shown to students"],
    ["Place in the list", "", "Moved to another place"],
    ["Module", "Water", "Another module"],
    ["Publication", "", "Asked for the text to be published"],
    ["Time", "5\u00a0min", ""],
    ["Languages", "English", "English and Spanish"],
  ]);
  chooseLanguage("es");
  expect(said({ state: "draft" }, { state: "trashed" })).toEqual([["Quién lo ve", "Borrador, solo docentes", "En la papelera"]]);
});

it("N2 says progress in words, and nothing where nothing changed", () => {
  expect(said(null, { done: { value: true, at: 1 }, position: { lang: "en", block: 2, at: 1 }, score: 0.5 })).toEqual([["Done", "", "Done"], ["Points", "", "50%"], ["Where you were", "", "Paragraph 3"]]);
  expect(said({ title: { en: "A", es: "B" }, questions: { en: ["x", "y"] } }, { title: { es: "B", en: "A" }, questions: { en: ["x", "y"] } })).toEqual([]);
  expect(said({ title: { en: "A" } }, { title: { en: "A", es: "B" } })).toEqual([["Title in Spanish", "", "B"]]);
});

it("N2 R5 every field that people write has a name", () => {
  for (const { fields } of collections) {
    for (const [name, { writer }] of Object.entries(fields)) if (writer === "client") expect(fieldChanges({ [name]: "before" }, { [name]: "after" }).map(({ field }) => field), name).toEqual([name]);
  }
});
