import { describe, expect, it } from "vitest";
import type { Entry } from "./translated.ts";

type Feature = Readonly<Record<string, Entry>>;

// Every file of the two folders, so that a dictionary that only a lazy part of the app loads is checked too.
const english = import.meta.glob<Readonly<Record<string, Feature>>>("./en/*.ts", { eager: true });
const spanish = import.meta.glob<Readonly<Record<string, Feature>>>("./es/*.ts", { eager: true });

/** The one export of a dictionary file is the dictionary. */
const dictionaryOf = (file: Readonly<Record<string, Feature>> | undefined): Feature => Object.values(file ?? {})[0] ?? {};

const formsOf = (entry: Entry): string[] => (typeof entry === "string" ? [entry] : [entry.one, entry.other]);
/** A plural may leave `{count}` out of one form: «one day». */
const placeholdersOf = (entry: Entry): string[] =>
  [...new Set(formsOf(entry).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")))].sort();

it("has the same features in both languages", () => {
  expect(Object.keys(spanish).map((path) => path.replace("/es/", "/en/"))).toEqual(Object.keys(english));
  expect(Object.keys(english).length).toBeGreaterThan(5);
});

describe.each(Object.keys(english))("%s", (path) => {
  it("has the same keys, none empty, and the same placeholders", () => {
    const [ours, theirs] = [dictionaryOf(english[path]), dictionaryOf(spanish[path.replace("/en/", "/es/")])];
    expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
    for (const [key, entry] of Object.entries(ours)) {
      const translated = theirs[key] ?? "";
      for (const form of [...formsOf(entry), ...formsOf(translated)]) expect(form.trim(), key).not.toBe("");
      expect(placeholdersOf(translated), key).toEqual(placeholdersOf(entry));
    }
  });
});
