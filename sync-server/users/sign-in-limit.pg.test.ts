import { setTimeout as pause } from "node:timers/promises";
import { CodedError } from "@mochila/shared/errors.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "./password.ts";
import { signIn } from "./sign-in.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import { makePerson, TEST_PASSWORD } from "./test-browser.ts";
import { TestClock } from "./test-clock.ts";
import { openTestUsers } from "./test-users.ts";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
/** Two instances over one database: each question goes to the other one. */
let instances: [SignInLimit, SignInLimit];
let asked = 0;

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  await test_.database.sql`truncate sign_in_tries, rate_bucket`;
  clock = new TestClock();
  const make = () => new SignInLimit({ database: test_.database, clock });
  instances = [make(), make()];
});

const begin = (target: string, network: string, ownSession: string | null) => {
  asked += 1;
  return instances[asked % 2 === 0 ? 0 : 1].begin({ target, network, ownSession });
};
/** Milliseconds to wait; 0: it was counted. */
async function wrong(target = "ana@school", network = "192.0.2.1", ownSession: string | null = null): Promise<number> {
  try {
    await begin(target, network, ownSession);
    return 0;
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "too_many_requests") throw error;
    return error.more.retryAfterMs ?? -1;
  }
}
const right = async (target: string, network = "192.0.2.1") => (await begin(target, network, null)).right();

describe("guessing a password", () => {
  test("costs nothing for five slips, then doubles its wait up to a minute and never locks", async () => {
    for (let slips = 0; slips < 5; slips += 1) expect(await wrong()).toBe(0);
    const waits = [];
    for (let tries = 0; tries < 9; tries += 1) {
      waits.push(await wrong());
      clock.pass(waits.at(-1) ?? 0);
      expect(await wrong()).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test("while tries are free nobody waits for a clock that is ahead: of two devices that come in at once both do", async () => {
    const ahead = new TestClock();
    ahead.pass(30_000);
    await new SignInLimit({ database: test_.database, clock: ahead }).begin({ target: "ana@school", network: "192.0.2.1", ownSession: null });
    expect(await wrong()).toBe(0);
    for (let slips = 0; slips < 3; slips += 1) expect(await wrong()).toBe(0);
    expect(await wrong()).toBeGreaterThan(0);
  });

  test("many at once, on two instances, do not slip through before the first answer", async () => {
    const waits = await Promise.all(Array.from({ length: 100 }, () => wrong()));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });

  test("is forgotten with the right password, and after a quarter of an hour", async () => {
    for (let slips = 0; slips < 4; slips += 1) await wrong();
    await right("ana@school");
    for (let slips = 0; slips < 5; slips += 1) expect(await wrong()).toBe(0);
    clock.pass(15 * 60_000);
    for (let slips = 0; slips < 5; slips += 1) expect(await wrong()).toBe(0);
  });

  test("over many accounts is slowed down for the network, and other networks go on", async () => {
    const waits = await Promise.all(Array.from({ length: 60 }, (_, index) => wrong(`person${index}@school`)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(50);
    expect(await wrong("sofia@school", "198.51.100.7")).toBe(0);
  });

  test("what one limit refuses, no other has counted", async () => {
    for (let tries = 0; tries < 50; tries += 1) await wrong(`person${tries}@school`);
    // Sofía's own count is untouched by what her network refused.
    for (let tries = 0; tries < 20; tries += 1) expect(await wrong("sofia@school")).toBeGreaterThan(0);
    for (let slips = 0; slips < 5; slips += 1) expect(await wrong("sofia@school", "198.51.100.7")).toBe(0);
    expect(await wrong("sofia@school", "198.51.100.7")).toBe(1_000);
  });

  test("with made-up addresses costs the others behind the same network two seconds at most, and stays bounded", async () => {
    let guesses = 0;
    for (let second = 0; second < 20; second += 1) {
      const waits = await Promise.all(Array.from({ length: 20 }, (_, tries) => wrong(`made-up-${second}-${tries}@school`)));
      guesses += waits.filter((wait) => wait === 0).length;
      clock.pass(1_000);
    }
    expect(guesses).toBeLessThanOrEqual(50 + 17 + 1);
    let wait = 0;
    for (let tries = 0; wait === 0; tries += 1) wait = await wrong(`one-more-${tries}@school`);
    expect(wait).toBeLessThanOrEqual(2_000);
    clock.pass(wait);
    await right("sofia@school");
  });

  test("from a thousand networks is slowed down over all, and whoever was here before goes on", async () => {
    // 1,990 of the 2,000 that are free at once.
    await test_.database.sql`insert into rate_bucket (name, full_at) values ('sign-in all', ${new Date(clock.now() + 1_990 * 100)})`;
    const waits = await Promise.all(Array.from({ length: 30 }, (_, index) => wrong(`person${index}@school`, `10.0.${index}.1`)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    expect(await wrong("sofia@school", "10.1.1.1", "hers")).toBe(0);
    clock.pass(100);
    expect(await wrong("sofia@school", "10.1.1.1")).toBe(0);
  });

  test("of strangers does not keep the owner waiting in the browser that was theirs; its own slips count there", async () => {
    for (let tries = 0; tries < 30; tries += 1) {
      await wrong();
      clock.pass(61_000);
    }
    await wrong();
    for (let tries = 0; tries < 60; tries += 1) await wrong(`made-up-${tries}@school`);
    expect(await wrong()).toBeGreaterThan(2_000);
    expect(await wrong("ana@school", "192.0.2.1", "hers")).toBe(0);
    for (let slips = 0; slips < 4; slips += 1) expect(await wrong("ana@school", "192.0.2.1", "hers")).toBe(0);
    expect(await wrong("ana@school", "192.0.2.1", "hers")).toBe(1_000);
  });

  test("does not touch a class of 60 honest people behind one address, each signing in three times", async () => {
    for (let round = 0; round < 3; round += 1) for (let person = 0; person < 60; person += 1) await right(`person${person}@school`);
  });

  test("counts no try that the server was too busy to look at, and keeps the wrong ones before it", async () => {
    const { email } = await makePerson(test_.database);
    const { users } = openTestUsers({ database: test_.database, clock });
    const passwords = new Passwords();
    const ask = (password: string) =>
      signIn({ ...users, database: test_.database, passwords, limit: instances[0] }, { email, password, network: "192.0.2.1", refreshToken: "" }).then(() => "in", (error: CodedError) => error.code);
    for (let slips = 0; slips < 4; slips += 1) expect(await ask("wrong")).toBe("wrong_credentials");
    const over = new AbortController();
    // More than may run and wait together, each again as soon as it has its answer: whoever else asks finds no place.
    const flood = Array.from({ length: 60 }, async () => {
      while (!over.signal.aborted) await passwords.matches("wrong", null).catch(() => pause(1));
    });
    const refused = [await ask(TEST_PASSWORD), await ask(TEST_PASSWORD)];
    over.abort();
    await Promise.all(flood);
    expect(refused).toEqual(["unavailable", "unavailable"]);
    expect([await ask("wrong"), await ask("wrong")]).toEqual(["wrong_credentials", "too_many_requests"]);
    clock.pass(1_000);
    expect(await ask(TEST_PASSWORD)).toBe("in");
    const [network] = await test_.database.sql<{ full_at: Date }[]>`select full_at from rate_bucket where name = 'sign-in network 192.0.2.1'`;
    expect(network?.full_at.getTime()).toBeLessThanOrEqual(clock.now() + 5 * 1_200);
  });

  test("after the server's clock was set back by a day locks nobody out", async () => {
    for (let slips = 0; slips < 6; slips += 1) await wrong();
    clock.pass(-86_400_000);
    expect(await wrong("ana@school", "198.51.100.7")).toBe(0);
  });
});
