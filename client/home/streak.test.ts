import { describe, expect, it } from "vitest";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { activeDays, dayOf, streakOf, weekOf } from "./streak.ts";

const at = (text: string): number => new Date(`${text}T12:00:00`).getTime();
const row = (more: Partial<Progress>): Progress => ({ id: "", rev: "", courseId: "", userId: "", itemId: "", ...more });

describe("streak", () => {
  it("counts days in a row that end today", () => {
    const days = activeDays([row({ seenAt: at("2026-06-10") }), row({ done: { value: true, at: at("2026-06-11") } }), row({ position: { lang: "en", block: 1, at: at("2026-06-12") } })]);
    expect(streakOf(days, dayOf(at("2026-06-12")))).toBe(3);
  });

  it("is not lost before the day has begun, and is lost after a whole empty day", () => {
    const days = activeDays([row({ seenAt: at("2026-06-11") })]);
    expect(streakOf(days, dayOf(at("2026-06-12")))).toBe(1);
    expect(streakOf(days, dayOf(at("2026-06-13")))).toBe(0);
  });

  it("counts several things of one day once", () => {
    const days = activeDays([row({ seenAt: at("2026-06-12") }), row({ seenAt: at("2026-06-12") + 3_600_000 })]);
    expect(days.size).toBe(1);
  });

  it("goes over the change to summer time", () => {
    const days = new Set(["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"].map((text) => dayOf(at(text))));
    expect(streakOf(days, dayOf(at("2026-03-30")))).toBe(4);
  });

  it("shows the week from Monday, with today marked once", () => {
    const week = weekOf(new Set([dayOf(at("2026-06-08"))]), dayOf(at("2026-06-12")));
    expect(week).toHaveLength(7);
    expect(week[0]?.on).toBe(true);
    expect(week.filter((day) => day.today).map((day) => week.indexOf(day))).toEqual([4]);
  });
});
