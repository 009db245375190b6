import { expect, test } from "vitest";
import { allDays, barsOf, CHART, drawBars } from "./activity-chart.ts";

const day = (iso: string, seconds: number) => ({ day: iso, seconds, events: 3, people: 2, completed: 1 });

test("days without activity are there too, across a month's end, oldest first", () => {
  const days = allDays([day("2026-02-28", 60), day("2026-03-01", 30)], { count: 4, today: "2026-03-02" });
  expect(days.map((bar) => [bar.day, bar.seconds])).toEqual([["2026-02-27", 0], ["2026-02-28", 60], ["2026-03-01", 30], ["2026-03-02", 0]]);
});

test("98 days are 14 whole weeks that add up, and people are not added", () => {
  const days = allDays([day("2026-11-20", 60), day("2026-11-22", 30), day("2026-08-20", 5)], { count: 98, today: "2026-11-22" });
  const { unit, bars } = barsOf(days);
  expect(unit).toBe("week");
  expect(bars).toHaveLength(14);
  expect(bars.at(-1)).toEqual({ day: "2026-11-16", seconds: 90, events: 6, completed: 2, people: null });
  expect(bars.reduce((sum, bar) => sum + bar.seconds, 0)).toBe(95);
});

test("the highest bar fills the height, a little activity is seen, none is not drawn", () => {
  const bars = drawBars([
    { day: "a", seconds: 10_000, events: 9, completed: 0, people: 1 },
    { day: "b", seconds: 1, events: 1, completed: 0, people: 1 },
    { day: "c", seconds: 0, events: 0, completed: 0, people: 0 },
  ], 320);
  expect(bars.map((bar) => bar.height)).toEqual([CHART.base - CHART.top, 2, 0]);
  expect(bars.every((bar) => bar.x >= 0 && bar.x + bar.width <= 320)).toBe(true);
  expect(bars.map((bar) => bar.highest)).toEqual([true, false, false]);
});
