import { expect, test } from "vitest";
import { behindHash } from "./behind-hash.ts";

test.each([["", ""], ["#", ""], ["#BCDFG-HJKMN", "BCDFG-HJKMN"], ["#BCDFG%20HJKMN", "BCDFG HJKMN"], ["#100%", "100%"], ["#%E0%A4", "%E0%A4"]])("%s is %s", (hash, meant) => {
  expect(behindHash(hash)).toBe(meant);
});
