import type { FactorLines, NewCodes, PasskeyOptions } from "@mochila/shared/users/second-factor.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../db/test-database.ts";
import { freshAccounts, makePerson, TEST_PASSWORD, TestBrowser } from "../test-browser.ts";
import { codeOf, TEST_ORIGIN } from "../test-users.ts";
import { TestAuthenticator } from "./test-authenticator.ts";
import { answerOf } from "./test-factors.ts";

const password = TEST_PASSWORD;
const factors = "/api/me/second-factors";
const step = "/api/auth/second-factor";
const home = { origin: TEST_ORIGIN, rpId: "localhost" };

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let app: Hono;
let person: { id: string; email: string };

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  ({ app, person } = await freshAccounts(test_.database));
});

const browser = () => new TestBrowser(() => app);
const begin = (device: TestBrowser) => answerOf<PasskeyOptions>(device.post(`${factors}/passkey`, { password }));
const ask = (device: TestBrowser) => answerOf<PasskeyOptions>(device.post("/api/auth/passkey/begin"));

async function withPasskey(): Promise<{ device: TestBrowser; passkey: TestAuthenticator; codes: string[] | null }> {
  const device = browser();
  await device.signIn(person.email);
  const passkey = new TestAuthenticator(home);
  const { codes } = await answerOf<NewCodes>(device.post(`${factors}/passkey/confirm`, { credential: passkey.make(await begin(device)) }));
  return { device, passkey, codes };
}

describe("a passkey", () => {
  test("is made once for one question, and is listed by where it was made", async () => {
    const device = browser();
    await device.send("POST", "/api/auth/login", { email: person.email, password }, { "user-agent": "Mozilla/5.0 (Linux; Android 10) Chrome/120" }).then((answer) => device.take(Promise.resolve(answer)));
    const passkey = new TestAuthenticator(home);
    const options = await begin(device);
    expect(options).toMatchObject({ rp: { id: "localhost", name: "Mochila" }, user: { name: person.email }, attestation: "none" });
    const credential = passkey.make(options);
    const added = await device.send("POST", `${factors}/passkey/confirm`, { credential }, { "user-agent": "Mozilla/5.0 (Linux; Android 10) Chrome/120" });
    expect(((await added.json()) as NewCodes).codes).toHaveLength(10);
    expect((await answerOf<FactorLines>(device.send("GET", factors))).factors).toMatchObject([{ kind: "passkey", name: "Chrome, Android", usedAt: null }]);
    expect(await codeOf(await device.post(`${factors}/passkey/confirm`, { credential }))).toBe("wrong_credentials");
    // The device is told not to make a second one.
    expect((await begin(device))["excludeCredentials"]).toMatchObject([{ id: passkey.id }]);
  });

  test("of another place, for another question or another session is none", async () => {
    const device = browser();
    await device.signIn(person.email);
    const other = browser();
    await other.signIn(person.email);
    const passkey = new TestAuthenticator(home);
    const confirm = async (credential: unknown, on = device) => codeOf(await on.post(`${factors}/passkey/confirm`, { credential }));
    expect(await confirm(passkey.make(await begin(device), { origin: "https://evil.example" }))).toBe("wrong_credentials");
    expect(await confirm(passkey.make(await begin(device), { rpId: "evil.example" }))).toBe("wrong_credentials");
    expect(await confirm(passkey.make(await begin(device), { challenge: "x".repeat(43) }))).toBe("wrong_credentials");
    expect(await confirm(passkey.make(await begin(device)), other)).toBe("wrong_credentials");
    expect((await answerOf<FactorLines>(device.send("GET", factors))).factors).toEqual([]);
  });

  test("SF3 opens the door alone, after the device has asked for its PIN or a finger", async () => {
    const { passkey } = await withPasskey();
    const device = browser();
    expect(await codeOf(await device.post("/api/auth/passkey", { credential: passkey.prove(await ask(device), { verified: false }) }))).toBe("wrong_credentials");
    const credential = passkey.prove(await ask(device));
    expect((await device.take(device.post("/api/auth/passkey", { credential }))).status).toBe(200);
    expect(await device.isIn()).toBe(true);
    // The same answer again is a replay.
    expect(await codeOf(await browser().post("/api/auth/passkey", { credential }))).toBe("wrong_credentials");
  });

  test("opens nothing from another origin, unsigned by its key, unknown, copied, or of somebody suspended", async () => {
    const { passkey } = await withPasskey();
    const device = browser();
    const enter = async (credential: unknown) => codeOf(await device.post("/api/auth/passkey", { credential }));
    expect(await enter(passkey.prove(await ask(device), { origin: "https://evil.example" }))).toBe("wrong_credentials");
    expect(await enter(passkey.prove(await ask(device), { rpId: "evil.example" }))).toBe("wrong_credentials");
    expect(await enter(passkey.prove({ challenge: "x".repeat(43) }))).toBe("wrong_credentials");
    expect(await enter({ ...new TestAuthenticator(home).prove(await ask(device)), id: passkey.id, rawId: passkey.id })).toBe("wrong_credentials");
    expect(await enter(new TestAuthenticator(home).prove(await ask(device)))).toBe("wrong_credentials");
    expect((await device.post("/api/auth/passkey", { credential: passkey.prove(await ask(device), { counter: 7 }) })).status).toBe(200);
    expect(await enter(passkey.prove(await ask(device), { counter: 7 }))).toBe("wrong_credentials");
    await test_.database.sql`update person set state = 'suspended' where id = ${person.id}`;
    expect(await enter(passkey.prove(await ask(device), { counter: 8 }))).toBe("account_suspended");
  });

  test("is a second step, for the sign-in that asked and nobody else's", async () => {
    const { passkey } = await withPasskey();
    const device = browser();
    const { token, methods } = await device.firstStep(person.email);
    expect(methods).toEqual(["passkey", "recovery"]);
    const prove = () => answerOf<PasskeyOptions>(device.post(`${step}/passkey/begin`, { token }));
    // An answer to the question of the front door, and to that of another sign-in.
    expect(await codeOf(await device.post(`${step}/passkey`, { token, credential: passkey.prove(await ask(device)) }))).toBe("wrong_credentials");
    const other = browser();
    const second = await other.firstStep(person.email);
    expect(await codeOf(await other.post(`${step}/passkey`, { token: second.token, credential: passkey.prove(await prove()) }))).toBe("wrong_credentials");
    const stranger = await makePerson(test_.database);
    const strangers = browser();
    await strangers.signIn(stranger.email);
    const theirs = new TestAuthenticator(home);
    await strangers.post(`${factors}/passkey/confirm`, { credential: theirs.make(await begin(strangers)) });
    expect(await codeOf(await device.post(`${step}/passkey`, { token, credential: theirs.prove(await prove()) }))).toBe("wrong_credentials");
    expect((await device.take(device.post(`${step}/passkey`, { token, credential: passkey.prove(await prove(), { verified: false }) }))).status).toBe(200);
    expect(await device.isIn()).toBe(true);
  });

  test("that is removed opens nothing", async () => {
    const { device, passkey } = await withPasskey();
    const { factors: lines } = await answerOf<FactorLines>(device.send("GET", factors));
    await device.post(`${factors}/${lines[0]?.id}/remove`, { password });
    const door = browser();
    expect(await codeOf(await door.post("/api/auth/passkey", { credential: passkey.prove(await ask(door)) }))).toBe("wrong_credentials");
  });
});
