import { createRoot } from "solid-js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { formatAgo, formatBytes } from "./formats.ts";
import { chooseLanguage } from "./language.ts";
import { pick } from "./localized.ts";
import { makeWords } from "./words.ts";

const stored = new Map<string, string>();
beforeEach(() => vi.stubGlobal("localStorage", { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => stored.set(name, value) }));
afterEach(() => {
  chooseLanguage("en");
  vi.unstubAllGlobals();
});

const words = makeWords(
  { shop: { hello: "Hello {name}", sold: { one: "{count} book of {name}", other: "{count} books of {name}" } } },
  { shop: { hello: "Hola {name}", sold: { one: "{count} libro de {name}", other: "{count} libros de {name}" } } },
);

it("fills placeholders, chooses the plural and writes numbers for the language", () => {
  expect(words("shop.hello", { name: "Ana" })).toBe("Hello Ana");
  expect(words("shop.sold", { count: 1, name: "Ana" })).toBe("1 book of Ana");
  expect(words("shop.sold", { count: 12_345, name: "Ana" })).toBe("12,345 books of Ana");
});

it("follows the choice of language at once, and keeps it on the device", () => {
  createRoot((dispose) => {
    chooseLanguage("es");
    expect(words("shop.sold", { count: 12_345, name: "Ana" })).toBe("12.345 libros de Ana");
    expect(stored.get("mochila-language")).toBe("es");
    dispose();
  });
});

it("does not read a value as a placeholder", () => {
  expect(words("shop.hello", { name: "{count}" })).toBe("Hello {count}");
});

it("keeps a value from right to left apart from the sentence around it, and touches no other", () => {
  for (const name of ["Huerto تجربة", "דנה", "𞤀𞤣𞤤𞤢𞤥", "ﺗﺠﺮﺑﺔ"]) expect(words("shop.sold", { count: 4, name })).toBe(`4 books of \u2068${name}\u2069`);
  for (const name of ["", "Núria Güell", "東京", "Ελένη 🌱", "Ольга", "अनु"]) expect(words("shop.hello", { name })).toBe(`Hello ${name}`);
});

it("says sizes as people do, bound to their unit", () => {
  expect(formatBytes(0)).toBe("0\u00a0KB");
  expect(formatBytes(12)).toBe("1\u00a0KB");
  expect(formatBytes(18_400_000)).toBe("18.4\u00a0MB");
  expect(formatBytes(312_000)).toBe("0.3\u00a0MB");
  expect(formatBytes(2_100_000_000)).toBe("2.1\u00a0GB");
  chooseLanguage("es");
  expect(formatBytes(18_400_000)).toBe("18,4\u00a0MB");
});

it("says how long ago, and «now» for a clock that was set back", () => {
  expect(formatAgo(0, 120_000)).toBe("2 min ago");
  expect(formatAgo(120_000, 0)).toBe("now");
});

it("falls back to the other language and says so; an empty text is none", () => {
  expect(pick({ en: "Rain" }, "es")).toEqual({ value: "Rain", lang: "en" });
  expect(pick({ en: "", es: "Lluvia" }, "en")).toEqual({ value: "Lluvia", lang: "es" });
  expect(pick({}, "en")).toBeNull();
  expect(pick(undefined, "en")).toBeNull();
});
