import { expect, test } from "vitest";
import { csvLine, csvLineBySemicolons, withoutGuard } from "./csv.ts";
import { cellsAsReadBy, isFormula, tablePrograms } from "./test-table-program.ts";

const typed = [
  "=2+5", "+1", "-1", "@now", "a;=cmd|' /C calc'!A0;b", "a, -1", "a\t=1", "a\n=1", "plain", "O'Neill", "one-two", "x = y", " =1", "'=1", "''=1", "a;'=1", "\uFF1D1+1",
  `Ana;"=cmd|'/C calc'!A0;x`, 'a;""=1', 'a; " "=1', '"=1', '"=1"', 'a;"b', "a;", 'a\n"=1',
];
/** Everything that these letters write, up to so many of them. */
const everything = (letters: string, length: number): string[] => (length === 0 ? [""] : everything(letters, length - 1).flatMap((text) => (text.length === length - 1 ? [text, ...[...letters].map((letter) => text + letter)] : [text])));

const formulas = (file: string): string[] => tablePrograms.flatMap((program) => cellsAsReadBy(program, file).filter(isFormula).map((cell) => `${program.sign} ${program.quotes}: ${cell}`));
const lineOf = { ",": csvLine, ";": csvLineBySemicolons };

test("a program is known to run what is not guarded", () => {
  expect(formulas(`x,"a;""=1"\r\n`)).toEqual(["; at the beginning: =1\"", "; behind blanks: =1\"", "; none: =1\""]);
  expect(cellsAsReadBy({ sign: ",", quotes: "at the beginning" }, csvLine(["a", 'b "c", d', ""]))).toEqual(["a", 'b "c", d', "", "", ""]);
});

test("what people typed is a formula in no table program, whatever it divides by and takes for quotation marks", () => {
  for (const line of Object.values(lineOf)) {
    for (const text of [...typed, ...everything(`;,"' =\n\ta`, 4)]) expect(formulas(line([text, "x@lake.example", text, "b"])), JSON.stringify(text)).toEqual([]);
    // What one person typed says how the next one's cell is read.
    const short = everything(`;"' =\n`, 2);
    for (const one of short) for (const other of short) expect(formulas(line([one, other]) + line([other, `a${one}`])), JSON.stringify([one, other])).toEqual([]);
  }
});

test("a list that went out comes in as it was", () => {
  for (const text of [...typed, ...everything(`;"' =\ta`, 5)]) {
    const line = csvLine([text]).slice(0, -2);
    const cell = line.startsWith('"') ? line.slice(1, -1).replaceAll('""', '"') : line;
    if (withoutGuard(cell) !== text) expect(withoutGuard(cell), JSON.stringify(text)).toBe(text);
  }
});
