import { expect, it } from "vitest";
import { endOfDay, writeDay } from "./day.ts";

it("a day ends with its last moment, and is the same day when it is shown", () => {
  for (const day of ["2026-01-01", "2026-03-29", "2026-10-25", "2028-02-29", "2026-12-31"]) {
    const end = endOfDay(day) ?? 0;
    expect([writeDay(end), writeDay(end + 1) > day]).toEqual([day, true]);
  }
  expect(["", "2026-1-1", "soon"].map(endOfDay)).toEqual([null, null, null]);
});
