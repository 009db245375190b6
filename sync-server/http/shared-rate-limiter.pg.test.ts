import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, Sql } from "../db/database.ts";
import { openDatabase } from "../db/pool.ts";
import { createTestDatabase } from "../db/test-database.ts";
import type { Log } from "../log.ts";
import { TestClock } from "../users/test-clock.ts";
import { limitOf } from "./rate-limit.ts";
import { SharedRateLimiter } from "./shared-rate-limiter.ts";

const MINUTE_MS = 60_000;
/** As a pull's. */
const limit = limitOf(120, 600);
const FREE = Math.floor(600 / 16);
const BLOCK = 600 / 8;

let database: Database;
let drop: () => Promise<void>;
let clock: TestClock;
let statements = 0;
let warned: string[] = [];
let key = "";

beforeAll(async () => ({ database, drop } = await createTestDatabase()));
afterAll(() => drop());
beforeEach(() => {
  clock = new TestClock();
  statements = 0;
  warned = [];
  key = `pull ${Math.random()}`;
});

const log: Log = { info: () => undefined, error: () => undefined, warn: (event) => void warned.push(event) };
const counted = (sql: Sql): Sql => new Proxy(sql, { apply: (target, self, args) => (statements += 1, Reflect.apply(target, self, args) as unknown) });
const several = (count: number): [SharedRateLimiter, ...SharedRateLimiter[]] => [instance(), ...Array.from({ length: count - 1 }, () => instance())];
const instance = (sql: Sql = counted(database.sql)) => new SharedRateLimiter({ sql, clock, log });

/** How many of `count` tries pass, `atOnce` at a time, by turns on the instances. */
async function passing(instances: readonly [SharedRateLimiter, ...SharedRateLimiter[]], count: number, { cost = 1, atOnce = 1 } = {}): Promise<number> {
  let passed = 0;
  for (let done = 0; done < count; done += atOnce) {
    const answers = await Promise.all(Array.from({ length: atOnce }, (_, index) => (instances[(done + index) % instances.length] ?? instances[0]).take(key, limit, cost)));
    passed += answers.filter(({ allowed }) => allowed).length;
  }
  return passed;
}

describe("limits that instances keep together (C.5)", () => {
  test.each([[1, 1], [2, 1], [2, 20], [4, 20]])("%i instances, %i at once: the burst is what the bound says, and no less than the limit", async (count, atOnce) => {
    const instances = several(count);
    const passed = await passing(instances, 1_500, { atOnce });
    expect(passed).toBeLessThanOrEqual(600 * (1 + (count * 3) / 16));
    expect(passed).toBeGreaterThanOrEqual(600 - BLOCK * count);
    console.log(`${count} instances, ${atOnce} at once: ${passed} of a burst of 600`);
  });

  test.each([1, 2])("%i instances: in the long run the rate holds", async (count) => {
    const instances = several(count);
    await passing(instances, 1_500);
    let passed = 0;
    for (let minute = 0; minute < 30; minute += 1) {
      clock.pass(MINUTE_MS);
      passed += await passing(instances, 300);
    }
    console.log(`${count} instances: ${(passed / 30).toFixed(1)} a minute of 120`);
    expect(passed / 30).toBeLessThanOrEqual(120 * (1 + count / 16) + BLOCK / 30);
    expect(passed / 30).toBeGreaterThanOrEqual(120 - BLOCK / 30);
  });

  test("a quiet device costs no statement, a lively one a small part of one, and who hammers none", async () => {
    const one = instance();
    expect(await passing([one], FREE)).toBe(FREE);
    expect(statements).toBe(0);
    for (let minute = 0; minute < 60; minute += 1) {
      clock.pass(MINUTE_MS);
      expect(await passing([one], 100)).toBe(100);
    }
    console.log(`100 pulls a minute for an hour: ${statements} statements for 6,000 pulls`);
    expect(statements / 6_000).toBeLessThan(0.03);
    statements = 0;
    await passing([one], 10_000);
    expect(statements).toBeLessThan(20);
  });

  test("many at once wait for one statement", async () => {
    const one = instance();
    expect(await passing([one], 100, { atOnce: 100 })).toBe(100);
    expect(statements).toBeLessThanOrEqual(1);
  });

  test("a refusal says when to come back, and then it passes", async () => {
    const one = instance();
    await passing([one], 1_000);
    const { allowed, retryAfterMs } = await one.take(key, limit);
    expect([allowed, retryAfterMs > 0, retryAfterMs <= MINUTE_MS]).toEqual([false, true, true]);
    clock.pass(retryAfterMs);
    expect((await one.take(key, limit)).allowed).toBe(true);
  });

  test("large ones are paid for by their size", async () => {
    const [one, other] = [instance(), instance()];
    expect(await passing([one, other], 10, { cost: 200 })).toBe(3);
  });

  test("other keys are other buckets, and nobody reads in them whose they are", async () => {
    const one = instance();
    await passing([one], 1_000);
    expect((await one.take("pull of another", limit)).allowed).toBe(true);
    const names = (await database.sql<{ name: string }[]>`select name from rate_bucket`).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !/^[\w-]{22}$/.test(name))).toEqual([]);
  });

  test("a database that is away, or hangs, makes nobody wait: each counts alone, and one line tells of it", async () => {
    const absent = openDatabase("postgres://nobody@127.0.0.1:9/none", {});
    const alone = instance(absent.sql);
    expect(await passing([alone], 900)).toBe(600 + FREE);
    expect(warned).toEqual(["limits_not_shared"]);
    await absent.close();

    const hanging = new Proxy(database.sql, { apply: () => new Promise(() => undefined) });
    const stuck = instance(hanging);
    const begin = performance.now();
    expect(await passing([stuck], 100, { atOnce: 100 })).toBe(100);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});
