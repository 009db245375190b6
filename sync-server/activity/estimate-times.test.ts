import { expect, test } from "vitest";
import { estimateTimes } from "./estimate-times.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;
const boot = "0191e000-0000-7000-8000-0000000000b0";
const other = "0191e000-0000-7000-8000-0000000000b1";

/** Events of one run: the true ages in milliseconds before sending, seen through a clock that is wrong by `error`. */
const seen = (ages: number[], error: number) => ages.map((age) => ({ at: NOW + error - age, monotonicMs: 1e9 - age, boot }));

test("E-10 a clock that is wrong by years is taken out", () => {
  for (const error of [-730 * DAY, -3_600_000, 0, 90_000, 730 * DAY]) {
    const times = estimateTimes(seen([60_000, 30_000, 0], error), { sentAt: NOW + error, receivedAt: NOW });
    expect(times.map((time) => time.happenedAt)).toEqual([NOW - 60_000, NOW - 30_000, NOW]);
    expect(times.some((time) => time.clockJump)).toBe(false);
  }
});

test("E-10 nothing happens after it was received, nor 400 days before", () => {
  const times = estimateTimes(
    [{ at: NOW - 5000 * DAY, monotonicMs: 1, boot: other }, { at: NOW + 10 * DAY, monotonicMs: 1, boot }],
    { sentAt: NOW, receivedAt: NOW },
  );
  expect(times[0]?.happenedAt).toBe(NOW - 400 * DAY);
  expect(times[1]?.happenedAt).toBe(NOW);
});

test("E-11 a clock set back or forward between two events is flagged, and what was before it keeps its place", () => {
  for (const jump of [-2 * DAY, 730 * DAY]) {
    const before = seen([120_000, 90_000], -jump);
    const after = seen([30_000, 0], 0);
    const times = estimateTimes([...before, ...after], { sentAt: NOW, receivedAt: NOW });
    expect(times.map((time) => time.happenedAt)).toEqual([NOW - 120_000, NOW - 90_000, NOW - 30_000, NOW]);
    expect(times.map((time) => time.clockJump)).toEqual([false, true, false, false]);
  }
});

test("E-11 a night's sleep of the device is no jump to take out", () => {
  const evening = { at: NOW - 8 * 3_600_000, monotonicMs: 1_000, boot };
  const morning = { at: NOW, monotonicMs: 2_000, boot };
  const times = estimateTimes([evening, morning], { sentAt: NOW, receivedAt: NOW });
  expect(times[0]).toEqual({ happenedAt: NOW - 8 * 3_600_000, clockJump: true });
});
