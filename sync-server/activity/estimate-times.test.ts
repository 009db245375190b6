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

const CLOCKS = process.env["TEST_LONG"] ? 1_000 : 50;
const YEAR = 365 * DAY;

test(`D-13 E-10 E-11 ${CLOCKS} device clocks wrong by up to two years, set back and forward and corrected while events are recorded: every time is within 5 s of the truth`, () => {
  let seed = 13;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let clock = 0; clock < CLOCKS; clock += 1) {
    const count = 2 + random(40);
    const truths = Array.from({ length: count }, () => NOW - 1 - random(3 * DAY)).sort((one, other_) => one - other_);
    let error = random(4 * YEAR) - 2 * YEAR;
    let corrections = 2;
    const events = truths.map((truth) => {
      const what = random(8);
      if (what === 0) error -= 5_000 + random(2 * YEAR);
      else if (what === 1) error += 8 * DAY + random(2 * YEAR);
      else if (what === 2 && corrections-- > 0) error += random(1_000) - 500;
      // Two years at most, as somebody who looks at the date would have it.
      error = Math.min(2 * YEAR, Math.max(-2 * YEAR, error));
      return { at: truth + error, monotonicMs: truth - NOW + 1e10, boot };
    });
    const sentAt = (truths.at(-1) ?? NOW) + error + random(1_000);
    const receivedAt = sentAt - error + random(3_000);
    const times = estimateTimes(events, { sentAt, receivedAt });
    const worst = Math.max(...times.map(({ happenedAt }, index) => Math.abs(happenedAt - (truths[index] ?? 0))));
    expect(worst, `clock ${clock}`).toBeLessThan(5_000);
  }
});
