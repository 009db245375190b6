import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bugs } from "./bugs.mjs";

const root = join(import.meta.dirname, "..", "..");

// Code that has moved must take its bugs along: one that cannot be planted would be noticed by nobody.
test("the text that each planted bug replaces stands exactly once", () => {
  const strayed = bugs.flatMap(({ id, edits }) => edits.filter(({ file, find }) => readFileSync(join(root, file), "utf8").split(find).length !== 2).map(({ file }) => `${id}: ${file}`));
  expect(bugs.length).toBeGreaterThan(40);
  expect(strayed).toEqual([]);
});
