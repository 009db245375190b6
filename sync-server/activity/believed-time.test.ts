import { expect, test } from "vitest";
import { believeTimes, CREDIT_MS_MAX, NO_CREDIT_YET } from "./believed-time.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

test("E-12 an honest hour is believed to the millisecond, however it is cut into batches", () => {
  // Told each minute, up to the last sign of life: sometimes a minute late.
  const told = Array.from({ length: 60 }, (_, index) => ({ happenedAt: NOW + index * MINUTE, claimedMs: index % 2 === 0 ? 12_345 : 107_655 }));
  for (const size of [1, 7, 60]) {
    let credit = NO_CREDIT_YET;
    const believed: number[] = [];
    for (let from = 0; from < told.length; from += size) {
      const part = believeTimes(told.slice(from, from + size), credit);
      credit = part.credit;
      believed.push(...part.believedMs);
    }
    expect(believed).toEqual(told.map(({ claimedMs }) => claimedMs));
  }
});

test("E-12 a day that is claimed at once counts as five minutes, and a hundred of them no more", () => {
  const day = 86_400_000;
  expect(believeTimes([{ happenedAt: NOW, claimedMs: day }], NO_CREDIT_YET).believedMs).toEqual([CREDIT_MS_MAX]);
  const flood = Array.from({ length: 100 }, (_, index) => ({ happenedAt: NOW + index * 1_000, claimedMs: day }));
  const sum = believeTimes(flood, NO_CREDIT_YET).believedMs.reduce((all, one) => all + one, 0);
  expect(sum).toBe(CREDIT_MS_MAX + 99_000);
});

test("E-12 times that jump back and forth credit no time twice", () => {
  const zigzag = Array.from({ length: 50 }, (_, index) => ({ happenedAt: NOW + (index % 2) * 4 * MINUTE, claimedMs: 10 * MINUTE }));
  const sum = believeTimes(zigzag, NO_CREDIT_YET).believedMs.reduce((all, one) => all + one, 0);
  expect(sum).toBe(CREDIT_MS_MAX + 4 * MINUTE);
});
