import { describe, expect, test } from "vitest";
import { ActiveTime } from "./visit.ts";

const second = (count: number): number => count * 1_000;

describe("active time (DECISIONS 26)", () => {
  test("a gap of a minute counts whole, a longer one not at all", () => {
    const time = new ActiveTime(0);
    time.sign(second(60));
    time.sign(second(60) + second(61));
    expect(time.take(second(60) + second(61))).toBe(60);
  });

  test("a page opened in the background counts from when it is shown, and stops when it is hidden", () => {
    const time = new ActiveTime(null);
    time.sign(second(10));
    time.shown(second(20));
    time.hidden(second(50));
    time.sign(second(55));
    time.shown(second(100));
    expect(time.take(second(110))).toBe(40);
  });

  test("telling now and then takes nothing away and adds nothing: the gap goes on over it", () => {
    const often = new ActiveTime(0);
    let told = 0;
    for (let at = 1; at <= 45; at += 1) told += often.takeCounted();
    often.sign(second(50));
    told += often.takeCounted();
    expect(told).toBe(50);
  });

  test("a phone that lies on the table counts until the last sign and no further", () => {
    const time = new ActiveTime(0);
    time.sign(second(30));
    expect(time.take(second(3_000))).toBe(30);
  });

  test("parts of seconds are kept for the next time", () => {
    const time = new ActiveTime(0);
    expect(time.take(1_500)).toBe(1);
    expect(time.take(3_000)).toBe(2);
  });

  test("a clock that goes back takes nothing", () => {
    const time = new ActiveTime(second(10));
    time.sign(second(5));
    expect(time.take(second(8))).toBe(3);
  });
});
