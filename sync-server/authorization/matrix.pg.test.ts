import { afterAll, beforeAll, expect, test } from "vitest";
import { declarations } from "./declarations.ts";
import { tryRow, type Tried } from "./test-cells.ts";
import { openSchool, type School } from "./test-school.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.application.close());

/** Of the database's connections. */
const LANES = 7;

/** `ROUTE`: a pattern, to try no more than what fits it. */
test("AZ1 every route, by every principal, at every kind of object: as declared and not otherwise", async () => {
  const tried: Tried = { cells: 0, spellings: 0, unexpected: [] };
  const started = performance.now();
  const uses = Object.entries(declarations).filter(([use]) => new RegExp(process.env["ROUTE"] ?? "", "u").test(use));
  for (const [use, permission] of uses) {
    const rows = school.callers.map((caller) => () => tryRow(school, { use, permission, caller }, tried));
    // Where every answer waits, they wait together; elsewhere one after the other, so that no two wait for each other's locks.
    const atOnce = permission.evened ? LANES : 1;
    for (let first = 0; first < rows.length; first += atOnce) await Promise.all(rows.slice(first, first + atOnce).map((row) => row()));
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(`authorization matrix: ${uses.length} uses × ${school.callers.length} principals: ${tried.cells} cells, ${tried.spellings} other spellings, ${seconds.toFixed(1)} s`);
  expect(tried.unexpected).toEqual([]);
  expect(school.application.faults).toEqual([]);
}, 400_000);
