import { CodedError } from "@mochila/shared/errors.ts";
import { describe, expect, test } from "vitest";
import { SignInLimit } from "./sign-in-limit.ts";

function setting() {
  let now = 1_000;
  const limit = new SignInLimit({ now: () => now, monotonic: () => now });
  const wrong = (email = "ana@school", network = "192.0.2.1", ownSession: string | null = null) => {
    try {
      limit.begin({ email, network, ownSession });
      return 0;
    } catch (error) {
      return error instanceof CodedError && error.code === "too_many_requests" ? (error.more.retryAfterMs ?? -1) : -1;
    }
  };
  const right = (email: string, network = "192.0.2.1") => limit.begin({ email, network, ownSession: null })();
  return { wrong, right, pass: (milliseconds: number) => void (now += milliseconds) };
}

describe("guessing a password", () => {
  test("costs nothing for five slips, then doubles its wait up to a minute and never locks", () => {
    const { wrong, pass } = setting();
    for (let slips = 0; slips < 5; slips += 1) expect(wrong()).toBe(0);
    const waits = [];
    for (let tries = 0; tries < 9; tries += 1) {
      waits.push(wrong());
      pass(waits.at(-1) ?? 0);
      expect(wrong()).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test("many at once do not slip through before the first answer", () => {
    const { wrong } = setting();
    expect(Array.from({ length: 200 }, () => wrong()).filter((wait) => wait === 0)).toHaveLength(5);
  });

  test("is forgotten with the right password, and after a quarter of an hour", () => {
    const { wrong, right, pass } = setting();
    for (let slips = 0; slips < 4; slips += 1) wrong();
    right("ana@school");
    for (let slips = 0; slips < 5; slips += 1) expect(wrong()).toBe(0);
    pass(15 * 60_000);
    for (let slips = 0; slips < 5; slips += 1) expect(wrong()).toBe(0);
  });

  test("over many accounts is slowed down for the network, and other networks go on", () => {
    const { wrong } = setting();
    const waits = Array.from({ length: 60 }, (_, index) => wrong(`person${index}@school`));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(50);
    expect(wrong("sofia@school", "198.51.100.7")).toBe(0);
  });

  test("with made-up addresses costs the others behind the same network two seconds at most, and stays bounded", () => {
    const { wrong, right, pass } = setting();
    let guesses = 0;
    for (let second = 0; second < 600; second += 1) {
      for (let tries = 0; tries < 20; tries += 1) if (wrong(`made-up-${second}-${tries}@school`) === 0) guesses += 1;
      pass(1_000);
    }
    expect(guesses).toBeLessThanOrEqual(50 + 500 + 1);
    let wait = 0;
    for (let tries = 0; wait === 0; tries += 1) wait = wrong(`one-more-${tries}@school`);
    expect(wait).toBeLessThanOrEqual(2_000);
    pass(wait);
    right("sofia@school");
  });

  test("of strangers does not keep the owner waiting in the browser that was theirs; its own slips count there", () => {
    const { wrong, pass } = setting();
    for (let tries = 0; tries < 30; tries += 1) {
      wrong();
      pass(61_000);
    }
    wrong();
    for (let tries = 0; tries < 60; tries += 1) wrong(`made-up-${tries}@school`);
    expect(wrong()).toBeGreaterThan(2_000);
    expect(wrong("ana@school", "192.0.2.1", "hers")).toBe(0);
    for (let slips = 0; slips < 4; slips += 1) expect(wrong("ana@school", "192.0.2.1", "hers")).toBe(0);
    expect(wrong("ana@school", "192.0.2.1", "hers")).toBe(1_000);
  });

  test("does not touch a class of 200 honest people behind one address, each signing in five times", () => {
    const { right } = setting();
    for (let round = 0; round < 5; round += 1) for (let person = 0; person < 200; person += 1) right(`person${person}@school`);
  });
});
