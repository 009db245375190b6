import type { NewApp, NewCodes, PasskeyOptions, PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { writeSetting } from "./school-settings.ts";
import { TestAuthenticator } from "./second-factor/test-authenticator.ts";
import { addApp, answerOf, codeFor } from "./second-factor/test-factors.ts";
import { freshAccounts, makePerson, TEST_PASSWORD as password, TestBrowser } from "./test-browser.ts";
import type { TestClock } from "./test-clock.ts";
import { codeOf, TEST_ORIGIN } from "./test-users.ts";

const HOUR_MS = 3_600_000;
const factors = "/api/me/second-factors";
const step = "/api/auth/second-factor";

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
const refresh = (device: TestBrowser) => device.take(device.post("/api/auth/refresh"));
const begin = (device: TestBrowser, email = person.email) => device.take(device.post("/api/auth/login", { email, password, sharedComputer: true }));
const cookieOf = (answer: Response): string => answer.headers.getSetCookie().find((line) => line.startsWith("__Host-rt-8080=")) ?? "";
const OF_BROWSER = /^__Host-rt-8080=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/;

/** The cookie goes with the browser, now and after each refresh, and the session ends after two hours of rest. */
async function expectShared(device: TestBrowser, answer: Response): Promise<void> {
  expect(answer.status).toBe(200);
  expect(cookieOf(answer)).toMatch(OF_BROWSER);
  clock.pass(2 * HOUR_MS);
  const again = await refresh(device);
  expect(again.status).toBe(200);
  expect(cookieOf(again)).toMatch(OF_BROWSER);
  clock.pass(2 * HOUR_MS + 1);
  expect(await codeOf(await refresh(device))).toBe("session_ended");
}

describe("SC1 a sign-in on a shared computer", () => {
  test("has a cookie that goes with the browser, and ends after a short rest, or a day", async () => {
    const device = browser();
    await expectShared(device, await begin(device));
    await begin(device);
    for (let hour = 0; hour < 12; hour += 1) {
      clock.pass(HOUR_MS);
      expect((await refresh(device)).status).toBe(200);
    }
    clock.pass(1);
    expect(await codeOf(await refresh(device))).toBe("session_ended");
  });

  test("is what the sign-in says, and nothing else: the person's own devices stay as they are", async () => {
    const [own, shared] = [browser(), browser()];
    await own.signIn(person.email);
    await begin(shared);
    const said = await own.take(own.post("/api/auth/login", { email: person.email, password, sharedComputer: false }));
    expect(cookieOf(said)).toMatch(/Max-Age=2592000/);
    clock.pass(3 * HOUR_MS);
    expect(cookieOf(await refresh(own))).toMatch(/Max-Age=2592000/);
    expect(await codeOf(await refresh(shared))).toBe("session_ended");
    expect(await codeOf(await own.post("/api/auth/login", { email: person.email, password, sharedComputer: "yes" }))).toBe("invalid_input");
  });

  test("stays one through a code of an app", async () => {
    const device = browser();
    await device.signIn(person.email);
    const { key } = await addApp(device, clock);
    const { secondFactor } = await answerOf<{ secondFactor: PendingSignIn }>(begin(device));
    await expectShared(device, await device.take(device.post(step, { token: secondFactor.token, code: codeFor(key, clock) })));
  });

  test("stays one through a passkey, after the password or in its place", async () => {
    const device = browser();
    await device.signIn(person.email);
    const passkey = new TestAuthenticator({ origin: TEST_ORIGIN, rpId: "localhost" });
    await answerOf<NewCodes>(device.post(`${factors}/passkey/confirm`, { credential: passkey.make(await answerOf<PasskeyOptions>(device.post(`${factors}/passkey`, { password }))) }));
    const { token } = (await answerOf<{ secondFactor: PendingSignIn }>(begin(device))).secondFactor;
    const credential = passkey.prove(await answerOf<PasskeyOptions>(device.post(`${step}/passkey/begin`, { token })));
    await expectShared(device, await device.take(device.post(`${step}/passkey`, { token, credential })));
    const alone = passkey.prove(await answerOf<PasskeyOptions>(device.post("/api/auth/passkey/begin")));
    await expectShared(device, await device.take(device.post("/api/auth/passkey", { credential: alone, sharedComputer: true })));
  });

  test("stays one where a first factor is set up on the way in", async () => {
    await writeSetting(test_.database.sql, "secondFactor", "required", null);
    const staff = await makePerson(test_.database, { systemRole: "instructor" });
    const device = browser();
    const { token } = (await answerOf<{ secondFactor: PendingSignIn }>(begin(device, staff.email))).secondFactor;
    const { app: waiting, key } = await answerOf<NewApp>(device.post(`${step}/set-up/app`, { token }));
    await device.post(`${step}/set-up/app/confirm`, { token, app: waiting, code: codeFor(key, clock) });
    await expectShared(device, await device.take(device.post(`${step}/set-up/done`, { token })));
  });
});
