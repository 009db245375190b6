import { describe, expect, it } from "vitest";
import { endOfDayIn } from "./day.ts";

/** Of 2026, as the rules of its zones have it: where the clocks are set in the middle of the night, at midnight, and by half an hour. */
const zones = ["UTC", "Europe/Madrid", "America/Lima", "America/Santiago", "America/Havana", "Asia/Beirut", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago"];

const wallIn = (timeZone: string) => new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const days = Array.from({ length: 365 }, (_, index) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10));

describe("the end of a day in a time zone", () => {
  it.each(zones)("is its last moment, every day of a year: %s", (zone) => {
    const [endOf, wall] = [endOfDayIn(zone), wallIn(zone)];
    const ends = days.map((day) => endOf(day) ?? 0);
    expect(ends.map((end) => wall.format(end))).toEqual(days.map((day) => `${day}, 23:59:59`));
    expect(ends.filter((end, index) => wall.format(end + 1) <= `${days[index]}, 23:59:59`)).toEqual([]);
  });

  it("is what the calendars say", () => {
    const iso = (day: string, zone: string) => new Date(endOfDayIn(zone)(day) ?? 0).toISOString();
    expect(iso("2026-12-18", "UTC")).toBe("2026-12-18T23:59:59.999Z");
    expect(iso("2026-12-18", "America/Lima")).toBe("2026-12-19T04:59:59.999Z");
    expect(iso("2026-03-29", "Europe/Madrid")).toBe("2026-03-29T21:59:59.999Z");
    // The clocks go back at midnight: 23:00 to 24:00 comes twice, and the second time is still that day.
    expect(iso("2026-04-04", "America/Santiago")).toBe("2026-04-05T03:59:59.999Z");
  });

  it("is none of what is no day; a time zone that is none is refused", () => {
    expect(["", "2026-1-1", "2026-02-29", "2026-13-01", "2026-00-10", "18/12/2026", "2026-12-18T00:00Z", "soon"].map(endOfDayIn("UTC"))).toEqual(Array.from({ length: 8 }, () => null));
    expect(() => endOfDayIn("Moon/Crater")).toThrow(RangeError);
  });
});
