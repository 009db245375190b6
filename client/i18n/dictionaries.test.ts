import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Entry } from "./translated.ts";

type Feature = Readonly<Record<string, Entry>>;

const folderOf = (lang: string): string => join(import.meta.dirname, lang);
const featuresOf = (lang: string): string[] => readdirSync(folderOf(lang)).filter((file) => file.endsWith(".ts")).sort();

/** The first export of a dictionary file is the dictionary. */
async function load(lang: string, file: string): Promise<Feature> {
  const module = (await import(join(folderOf(lang), file))) as Record<string, Feature>;
  return Object.values(module)[0] ?? {};
}

const formsOf = (entry: Entry): string[] => (typeof entry === "string" ? [entry] : [entry.one, entry.other]);
/** A plural may leave `{count}` out of one form: «one day». */
const placeholdersOf = (entry: Entry): string[] =>
  [...new Set(formsOf(entry).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")))].sort();

it("has the same features in both languages", () => {
  expect(featuresOf("es")).toEqual(featuresOf("en"));
  expect(featuresOf("en").length).toBeGreaterThan(5);
});

describe.each(featuresOf("en"))("%s", (file) => {
  it("has the same keys, none empty, and the same placeholders", async () => {
    const [english, spanish] = await Promise.all([load("en", file), load("es", file)]);
    expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
    for (const [key, entry] of Object.entries(english)) {
      const translated = spanish[key] ?? "";
      for (const form of [...formsOf(entry), ...formsOf(translated)]) expect(form.trim(), key).not.toBe("");
      expect(placeholdersOf(translated), key).toEqual(placeholdersOf(entry));
    }
  });
});
