import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Transaction } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "./password.ts";
import { findById } from "./people.ts";
import { replacePassword } from "./replace-password.ts";
import { writeSetting } from "./school-settings.ts";
import { freshAccounts, TEST_PASSWORD, TestBrowser } from "./test-browser.ts";
import type { TestClock } from "./test-clock.ts";
import { codeOf, TEST_ORIGIN } from "./test-users.ts";

// What commits between the moment in which a request reads its person and the one in which it acts (argon2 is in between).

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let app: Hono;
let person: { id: string; email: string };

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  ({ clock, app, person } = await freshAccounts(test_.database));
});

/** Resolves when a statement waits for the lock of another transaction. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const waiting = await test_.database.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    if (waiting.length > 0) return;
  }
}

/** Does `change` in a transaction that commits when `request`, which began after it, waits for the person's row. */
async function overtake(change: (transaction: Transaction) => Promise<unknown>, request: () => Promise<Response>): Promise<Response> {
  let answer: Promise<Response> | undefined;
  await test_.database.transaction(async (transaction) => {
    await change(transaction);
    answer = request();
    await someoneWaits();
  });
  if (!answer) throw new Error("nothing was asked");
  return answer;
}

const parts = () => ({ clock, random: systemRandom, origin: TEST_ORIGIN });
async function anotherPassword(transaction: Transaction): Promise<void> {
  const now = await findById(transaction, person.id);
  if (!now) throw new Error("nobody");
  await replacePassword(transaction, parts(), { person: now, passwordHash: await new Passwords().hash("battery staple"), keep: null });
}
const openOnes = async () => (await test_.database.sql`select 1 from session where person_id = ${person.id} and ended_at is null`).length;

describe("U4 a sign-in that something overtakes", () => {
  test("with a password that was replaced meanwhile opens nothing", async () => {
    const device = new TestBrowser(() => app);
    const answer = await overtake(anotherPassword, () => device.signIn(person.email));
    expect(await codeOf(answer)).toBe("session_ended");
    expect([device.token, await openOnes()]).toEqual(["", 0]);
    expect((await device.signIn(person.email, "battery staple")).status).toBe(200);
  });

  test("SF4 of somebody who became staff meanwhile, where staff need a second factor, opens nothing without one", async () => {
    await writeSetting(test_.database.sql, "secondFactor", "required", null);
    const device = new TestBrowser(() => app);
    const answer = await overtake((transaction) => transaction`update person set system_role = 'administrator' where id = ${person.id}`, () => device.signIn(person.email));
    expect(await codeOf(answer)).toBe("session_ended");
    expect([device.token, await openOnes()]).toEqual(["", 0]);
    expect((await device.firstStep(person.email)).methods).toEqual([]);
  });
});

test("U4 a new password that is chosen with one that was replaced meanwhile changes nothing", async () => {
  const device = new TestBrowser(() => app);
  await device.signIn(person.email);
  const answer = await overtake(anotherPassword, () => device.post("/api/me/password", { current: TEST_PASSWORD, password: "of a thief" }));
  expect(await codeOf(answer)).toBe("wrong_credentials");
  expect((await new TestBrowser(() => app).signIn(person.email, "of a thief")).status).toBe(401);
  expect((await new TestBrowser(() => app).signIn(person.email, "battery staple")).status).toBe(200);
});
