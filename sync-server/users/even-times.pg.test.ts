import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { writeSetting } from "./school-settings.ts";
import { noLimits } from "../http/rate-limit.ts";
import { newToken } from "./secret-token.ts";
import { addApp } from "./second-factor/test-factors.ts";
import { makePerson, TestBrowser } from "./test-browser.ts";
import { TestClock } from "./test-clock.ts";
import { openTestUsers } from "./test-users.ts";

// SECURITY C.5: time tells nobody who has an account. Medians of many tries, in turns within one process, so that what else the machine does falls on all alike.

const LONG = Boolean(process.env["TEST_LONG"]);
/** The bar; in the short run, on a machine that does much else, also a share of what it takes. */
const differenceMax = (usual: number): number => Math.max(5, LONG ? 0 : usual * 0.15);
/** More tries make the middle surer, where the machine is busy; what takes longer in earnest stays longer. */
const TRIES = LONG ? { min: 500, max: 500 } : { min: 24, max: 200 };

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let app: Hono;

beforeAll(async () => {
  test_ = await createTestDatabase();
  // A quick machine asks more in a minute than one address may, and would measure refusals.
  ({ app } = openTestUsers({ database: test_.database, clock: systemClock, limiter: noLimits }));
  await writeSetting(test_.database.sql, "signUp", "open", null);
});
afterAll(() => test_.drop());

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
};
/** Limits would end the measuring; they are another test's. */
const forgetTries = () => test_.database.sql`truncate sign_in_tries, rate_bucket`;
const post = (path: string, body: unknown) => new TestBrowser(() => app).post(path, body);

interface Kind {
  readonly name: string;
  readonly ask: () => Promise<Response>;
  readonly times: number[];
}

const kind = (name: string, ask: () => Promise<Response>): Kind => ({ name, ask, times: [] });
async function measure(one: Kind): Promise<string> {
  const start = performance.now();
  const answer = await one.ask();
  one.times.push(performance.now() - start);
  return `${answer.status} ${await answer.text()}`;
}

/** Asks them in turns, `lanes` at the same moment, the first of each turn another. Answers how far beyond the bar their medians are from the first's: below 0 is even. */
async function differences(makeKinds: (lane: number) => Kind[], lanes: number): Promise<Record<string, number>> {
  const all = Array.from({ length: lanes }, (_, lane) => makeKinds(lane));
  const names = all[0]?.map(({ name }) => name) ?? [];
  const timesOf = (place: number) => all.flatMap((kinds) => kinds[place]?.times ?? []);
  /** Milliseconds beyond the bar. */
  const beyond = () => names.map((_, place) => Math.abs(median(timesOf(place)) - median(timesOf(0))) - differenceMax(median(timesOf(0))));
  const answers = new Set<string>();
  for (let tries = 0; tries < TRIES.max; tries += lanes) {
    await forgetTries();
    await Promise.all(
      all.map(async (kinds) => {
        for (let place = 0; place < kinds.length; place += 1) {
          const next = kinds[(place + tries) % kinds.length];
          if (next) answers.add(await measure(next));
        }
      }),
    );
    if (tries + lanes >= TRIES.min && beyond().every((milliseconds) => milliseconds < 0)) break;
  }
  expect(answers.size).toBe(1);
  console.log(names.map((name, place) => `${name} ${median(timesOf(place)).toFixed(1)} ms (${timesOf(place).length})`).join(", "));
  return Object.fromEntries(names.map((name, place) => [name, beyond()[place] ?? 0]));
}

const expectEven = (beyond: Record<string, number>) => {
  for (const [name, milliseconds] of Object.entries(beyond)) expect([name, milliseconds < 0]).toEqual([name, true]);
};

describe("time tells nobody who has an account", () => {
  test("at a sign-in with a wrong password: known, unknown, suspended, unconfirmed, invited, with a second factor", { timeout: 900_000 }, async () => {
    const { database } = test_;
    const known = await makePerson(database);
    const suspended = await makePerson(database);
    await database.sql`update person set state = 'suspended' where id = ${suspended.id}`;
    const withFactor = await makePerson(database);
    const clock = new TestClock();
    const { app: setting } = openTestUsers({ database, clock });
    const device = new TestBrowser(() => setting);
    await device.signIn(withFactor.email);
    await addApp(device, clock);
    const unconfirmed = await makePerson(database, { verifiedAt: null });
    const invited = await makePerson(database, { passwordHash: null });
    const wrong = (name: string, email: () => string) => kind(name, () => post("/api/auth/login", { email: email(), password: "wrong" }));
    const beyond = await differences(
      () => [
        wrong("known", () => known.email), wrong("unknown", () => `${newToken(systemRandom)}@demo.school`.toLowerCase()), wrong("suspended", () => suspended.email),
        wrong("unconfirmed", () => unconfirmed.email), wrong("invited", () => invited.email), wrong("second factor", () => withFactor.email),
      ],
      1,
    );
    expectEven(beyond);
  });

  test("at a forgotten password and at a sign-up", { timeout: 900_000 }, async () => {
    const lanes = 4;
    const people = await Promise.all(Array.from({ length: lanes }, () => makePerson(test_.database)));
    const stranger = () => `${newToken(systemRandom)}@demo.school`.toLowerCase();
    const forgotten = (name: string, email: () => string) => kind(name, () => post("/api/auth/forgotten", { email: email() }));
    expectEven(await differences((lane) => [forgotten("known", () => people[lane]?.email ?? ""), forgotten("unknown", stranger)], lanes));
    const signUp = (name: string, email: () => string) => kind(name, () => post("/api/accounts", { email: email(), name: "Eve", password: "another password", language: "en" }));
    expectEven(await differences((lane) => [signUp("known", () => people[lane]?.email ?? ""), signUp("new", stranger)], lanes));
  });
});
