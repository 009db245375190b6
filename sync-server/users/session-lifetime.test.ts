import { describe, expect, test } from "vitest";
import { decideRefresh, isExpired } from "./session-lifetime.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("what a refresh token gets (SECURITY C.3)", () => {
  const state = { presented: 3, newest: 3, confirmed: 0, rotatedAt: 0 };

  test("the newest token makes the next one, after any time", () => {
    expect(decideRefresh({ ...state, confirmed: 3 }, 29 * DAY)).toBe("rotate");
  });
  test("the one before gets the same successor within 60 s, although the successor has arrived", () => {
    expect(decideRefresh({ ...state, presented: 2, confirmed: 3 }, 60_000)).toBe("repeat");
  });
  test("the one before is a theft after 60 s when the successor has arrived", () => {
    expect(decideRefresh({ ...state, presented: 2, confirmed: 3 }, 60_001)).toBe("reuse");
  });
  test("the one before gets the same successor after days when that was never seen: its answer was lost", () => {
    expect(decideRefresh({ ...state, presented: 2, confirmed: 2 }, 3 * DAY)).toBe("repeat");
  });
  test("an older one is a theft at once, because its successor was used", () => {
    expect(decideRefresh({ ...state, presented: 1 }, 1)).toBe("reuse");
  });
});

describe("how long a session lives", () => {
  test.each([
    [false, 30 * DAY, 0, false], [false, 30 * DAY + 1, 0, true], [false, 0, 180 * DAY + 1, true],
    [true, 12 * HOUR, 0, false], [true, 12 * HOUR + 1, 0, true], [true, 0, 30 * DAY + 1, true],
  ] as const)("staff %s, %d ms idle, %d ms old: ended %s", (staff, idle, age, ended) => {
    const now = 400 * DAY;
    expect(isExpired({ createdAt: now - Math.max(age, idle), rotatedAt: now - idle, sharedComputer: false }, staff, now)).toBe(ended);
  });
  test.each([[false, 2 * HOUR, 0, false], [false, 2 * HOUR + 1, 0, true], [true, 0, 12 * HOUR, false], [true, 0, 12 * HOUR + 1, true]] as const)("SC1 on a shared computer: staff %s, %d ms idle, %d ms old: ended %s", (staff, idle, age, ended) => {
    const now = 400 * DAY;
    expect(isExpired({ createdAt: now - Math.max(age, idle), rotatedAt: now - idle, sharedComputer: true }, staff, now)).toBe(ended);
  });
});
