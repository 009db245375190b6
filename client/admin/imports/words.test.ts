import type { ImportLine } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { afterEach, expect, it } from "vitest";
import { endOfDay } from "../../courses/entry/day.ts";
import { chooseLanguage } from "../../i18n/language.ts";
import { refusalWords, resultWords } from "./words.ts";

afterEach(() => chooseLanguage("en"));

const now = Date.UTC(2026, 5, 1);
const line: ImportLine = { line: 2, email: "a@b.c", name: "Ada", course: "Knots", endsAt: null, effects: [], problem: null, otherLine: null, done: false, undone: null, keptWhy: null };
const both = (change: Partial<ImportLine>): string[] =>
  (["en", "es"] as const).map((lang) => {
    chooseLanguage(lang);
    return resultWords({ ...line, ...change }, now);
  });

it("I9 says until when a line puts somebody into a course: a day alone where the place ends with it, else the hour too", () => {
  const day = endOfDay("2031-07-18") ?? 0;
  expect(both({ effects: ["account", "enrolled", "course-end"], endsAt: day })).toEqual(["New account · Into the course Knots · In Knots until 18 July 2031", "Cuenta nueva · Al curso Knots · En Knots hasta el 18 de julio de 2031"]);
  // How a day and its hour are joined is the platform's matter.
  expect(both({ effects: ["course-end"], endsAt: day - 3_600_000 })).toEqual([expect.stringMatching(/^In Knots until 18 July 2031.* 22:59$/), expect.stringMatching(/^En Knots hasta el 18 de julio de 2031.* 22:59$/)]);
  // The line says when, and it stands so already.
  expect(both({ endsAt: day })).toEqual(["Nothing to change", "Nada que cambiar"]);
  expect(both({ problem: "end-differs", otherLine: 7, endsAt: day })).toEqual(["Until: another one than in line 7", "Hasta: distinto del de la línea 7"]);
});

it("I9 says in words also what only a newer server knows", () => {
  expect(both({ problem: "other" })).toEqual(["Something that this version of the app does not know", "Algo que esta versión de la app no conoce"]);
  expect(both({ effects: ["account", "other"] })).toEqual(["New account · Something else", "Cuenta nueva · Otra cosa"]);
  expect(both({ effects: ["account"], undone: "kept", keptWhy: "other" })).toEqual(["Left as it is", "Se queda como está"]);
  const refused = (reason: string): string => refusalWords(new CodedError("invalid_input", "", { details: { reason } }));
  chooseLanguage("en");
  expect(refused("in-another-alphabet")).toBe(refusalWords(new Error("no answer")));
  expect(refused("empty")).not.toBe(refused("in-another-alphabet"));
});
