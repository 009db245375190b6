import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { darkBlockProblems } from "./styles.ts";
import { projectRoot } from "./source-files.ts";

const tokens = readFileSync(join(projectRoot, "client/ui/tokens.css"), "utf8");

test("both dark blocks are the same text", () => {
  expect(darkBlockProblems(tokens)).toEqual([]);
});

test("the check sees a colour that was changed in one of them", () => {
  expect(darkBlockProblems(tokens.replace("--paper: #191713", "--paper: #191714"))).toHaveLength(1);
});
