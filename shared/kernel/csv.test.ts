import { expect, test } from "vitest";
import { csvLine, withoutGuard } from "./csv.ts";

/** Cells as a table program reads them that divides by `sign` and knows no quotes in the middle of a cell. */
const cellsBy = (line: string, sign: string): string[] => line.split(/[\r\n]/).flatMap((part) => part.split(sign)).map((cell) => cell.replace(/^"/, "").trim());

const typed = ["=2+5", "+1", "-1", "@now", "a;=cmd|' /C calc'!A0;b", "a, -1", "a\t=1", "a\n=1", "plain", "O'Neill", "one-two", "x = y", " =1"];

test("what people typed is a formula in no table program, whatever it divides by", () => {
  for (const text of typed) for (const sign of [",", ";", "\t"]) expect(cellsBy(csvLine(["x@lake.example", text, "b"]), sign).filter((cell) => /^[=+\-@]/.test(cell)), `${text} by ${sign}`).toEqual([]);
});

test("a list that went out comes in as it was", () => {
  for (const text of typed) {
    const cell = /^"[^]*"\r\n$/.test(csvLine([text])) ? csvLine([text]).slice(1, -3).replaceAll('""', '"') : csvLine([text]).slice(0, -2);
    expect(withoutGuard(cell)).toBe(text);
  }
});
