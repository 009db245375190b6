import { expect, it } from "vitest";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { splitByChance } from "./split.ts";

it("everybody is in one part, and parts differ by one at most", () => {
  for (let people = 0; people <= 31; people += 1) {
    for (let count = 1; count <= 9; count += 1) {
      const all = Array.from({ length: people }, (_, index) => index);
      const parts = splitByChance(all, count, systemRandom);
      expect(parts.flat().toSorted((a, b) => a - b)).toEqual(all);
      const sizes = parts.map((part) => part.length);
      expect([parts.length, Math.max(...sizes) - Math.min(...sizes) <= 1]).toEqual([count, true]);
    }
  }
});

it("chance decides who is with whom", () => {
  const together = Array.from({ length: 600 }, () => splitByChance([0, 1, 2, 3], 2, systemRandom).some((part) => part.includes(0) && part.includes(1))).filter(Boolean).length;
  // A third of the splits; five deviations to either side.
  expect(Math.abs(together - 200)).toBeLessThan(60);
});
