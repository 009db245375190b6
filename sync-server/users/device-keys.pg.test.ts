import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { addApp, answerOf } from "./second-factor/test-factors.ts";
import { freshAccounts, makePerson, TEST_PASSWORD as password, TestBrowser } from "./test-browser.ts";
import type { TestClock } from "./test-clock.ts";
import { codeOf } from "./test-users.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

const browser = () => new TestBrowser(() => app);
const makeKey = async (device: TestBrowser): Promise<string> => (await answerOf<{ key: string }>(device.post("/api/me/device-key", { password }))).key;
const openWith = (device: TestBrowser, key: string) => device.take(device.post("/api/auth/device-key", { key }));
const refused = async (device: TestBrowser, key: string) => expect(await codeOf(await device.post("/api/auth/device-key", { key }))).toBe("session_ended");
const lines = async (): Promise<number> => (await test_.database.sql`select 1 from session where person_id = ${person.id} and ended_at is null`).length;
/** Somebody who has locked a device. */
async function withKey(): Promise<{ device: TestBrowser; key: string }> {
  const device = browser();
  await device.signIn(person.email);
  return { device, key: await makeKey(device) };
}

describe("DL3 the key of a device", () => {
  test("opens a session in the place of the one before, again and again; the device stays one line, the database holds no key", async () => {
    const { device, key } = await withKey();
    for (let time = 0; time < 3; time += 1) {
      const before = device.token;
      await device.post("/api/auth/lock");
      expect(device.cookies.size).toBe(0);
      expect((await openWith(device, key)).status).toBe(200);
      expect(await device.isIn()).toBe(true);
      expect(await codeOf(await device.send("GET", "/api/me", undefined, { authorization: `Bearer ${before}` }))).toBe("session_ended");
      expect(await lines()).toBe(1);
    }
    expect(JSON.stringify(await test_.database.sql`select hash, encode(hash, 'escape') as text from device_key`)).not.toContain(key);
    const audited = await test_.database.sql<{ action: string; factor: string | null }[]>`select action, details ->> 'factor' as factor from audit_entry where object_id = ${person.id} order by id`;
    expect(audited.map(({ action, factor }) => factor ?? action)).toEqual(["none", "device-lock.set", "device-key", "device-key", "device-key"]);
  });

  test("an answer that was lost, or asked for twice at once, is no harm: the last one stands", async () => {
    const { key } = await withKey();
    const devices = [browser(), browser(), browser()];
    const answers = await Promise.all(devices.map((device) => openWith(device, key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await lines()).toBe(1);
    expect((await Promise.all(devices.map((device) => device.isIn()))).filter(Boolean).length).toBe(1);
    expect((await openWith(browser(), key)).status).toBe(200);
  });

  test("is made with the password, for one's own session, and not on a shared computer", async () => {
    const device = browser();
    await device.signIn(person.email);
    expect(await codeOf(await device.post("/api/me/device-key", { password: "something else" }))).toBe("wrong_credentials");
    expect(await codeOf(await browser().post("/api/me/device-key", { password }))).toBe("not_signed_in");
    const shared = browser();
    await shared.take(shared.post("/api/auth/login", { email: person.email, password, sharedComputer: true }));
    expect(await codeOf(await shared.post("/api/me/device-key", { password }))).toBe("forbidden");
  });

  test("a newer one ends the one before; removed it opens nothing; of another device or person it is another", async () => {
    const { device, key } = await withKey();
    const newer = await makeKey(device);
    await refused(device, key);
    const other = browser();
    await other.signIn((await makePerson(test_.database)).email);
    expect((await other.send("DELETE", "/api/me/device-key")).status).toBe(204);
    expect((await openWith(device, newer)).status).toBe(200);
    expect((await device.send("DELETE", "/api/me/device-key")).status).toBe(204);
    await refused(device, newer);
    await refused(device, "A".repeat(43));
    await refused(device, "no key");
  });

  test("needs the page's own header, as everything that gives a cookie", async () => {
    const { device, key } = await withKey();
    for (const path of ["/api/auth/device-key", "/api/auth/lock"]) expect((await device.send("POST", path, { key }, { "x-lms": "" })).status).toBe(403);
    expect(device.cookies.size).toBe(1);
  });

  test("opens again after a second factor was added, which the sign-in that it hangs on has not asked for either", async () => {
    const { device, key } = await withKey();
    await addApp(device, clock);
    expect((await openWith(device, key)).status).toBe(200);
  });
});

describe("DL5 the key ends with the session that it opened last", () => {
  test.each([
    ["a sign-out", (device: TestBrowser) => device.post("/api/auth/logout")],
    ["another device that ends all others", async () => {
      const other = browser();
      await other.signIn(person.email);
      return other.send("DELETE", "/api/me/sessions");
    }],
    ["a new password, chosen elsewhere", async () => {
      const other = browser();
      await other.signIn(person.email);
      return other.post("/api/me/password", { current: password, password: "another long one" });
    }],
    ["a suspension", () => test_.database.sql`update person set state = 'suspended' where id = ${person.id}`],
    ["thirty days of rest", () => clock.pass(30 * DAY_MS + 1)],
  ] as const)("%s", async (_, end) => {
    const { device, key } = await withKey();
    await openWith(device, key);
    await end(device);
    await refused(device, key);
    await refused(browser(), key);
  });

  test("half a year after it was made, however often it was used", async () => {
    const { device, key } = await withKey();
    for (let month = 0; month < 6; month += 1) {
      clock.pass(29 * DAY_MS);
      expect((await openWith(device, key)).status).toBe(200);
    }
    clock.pass(6 * DAY_MS + 1);
    await refused(device, key);
  });

  test("of staff after twelve hours of rest, or thirty days", async () => {
    person = await makePerson(test_.database, { systemRole: "instructor" });
    const { device, key } = await withKey();
    for (let half = 0; half < 60; half += 1) {
      clock.pass(12 * HOUR_MS);
      expect((await openWith(device, key)).status).toBe(200);
    }
    clock.pass(1);
    await refused(device, key);
    const again = await withKey();
    clock.pass(12 * HOUR_MS + 1);
    await refused(again.device, again.key);
  });

  test("DL5 what it opens ends with the thirty days of the sign-in that it goes back to, however late it was opened or the key was made", async () => {
    person = await makePerson(test_.database, { systemRole: "instructor" });
    const device = browser();
    await device.signIn(person.email);
    const rest = async (halves: number): Promise<void> => {
      for (let half = 0; half < halves; half += 1) {
        clock.pass(12 * HOUR_MS);
        expect((await device.take(device.post("/api/auth/refresh"))).status).toBe(200);
      }
    };
    await rest(2);
    const key = await makeKey(device);
    await rest(56);
    expect((await openWith(device, key)).status).toBe(200);
    // The list of one's devices goes on from where it began, too.
    const [line] = await test_.database.sql<{ since: Date }[]>`select created_at as since from session where person_id = ${person.id} and ended_at is null`;
    expect(clock.now() - (line?.since.getTime() ?? 0)).toBe(29 * DAY_MS);
    await rest(2);
    clock.pass(1);
    await refused(device, key);
    expect(await codeOf(await device.post("/api/auth/refresh"))).toBe("session_ended");
  });

  test("DL5 a session that a key opened in former times, as if it were new, is counted from the key", async () => {
    person = await makePerson(test_.database, { systemRole: "instructor" });
    const { device, key } = await withKey();
    await test_.database.sql`update device_key set made_at = made_at - interval '30 days' where session_id in (select id from session where person_id = ${person.id})`;
    clock.pass(1);
    await refused(device, key);
  });
});
