import type { FactorLines, NewApp, NewCodes } from "@mochila/shared/users/second-factor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enrol } from "../../courses/enrol.ts";
import { createTestDatabase } from "../../db/test-database.ts";
import { decideForProduction, readSetting, writeSetting } from "../school-settings.ts";
import { freshAccounts, makePerson, TEST_PASSWORD, TestBrowser } from "../test-browser.ts";
import type { TestClock } from "../test-clock.ts";
import { codeOf, openTestUsers } from "../test-users.ts";
import { addApp, answerOf, codeFor as codeOfApp } from "./test-factors.ts";

const password = TEST_PASSWORD;
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

const codeFor = (key: string, steps = 0) => codeOfApp(key, clock, steps);
const browser = () => new TestBrowser(() => app);
/** Signs in and adds an app. */
async function withApp(device = browser()): Promise<{ device: TestBrowser; key: string; codes: string[] }> {
  await device.signIn(person.email);
  return { device, ...(await addApp(device, clock)) };
}

const letters = async () => (await test_.database.sql<{ letter: string }[]>`select letter from mail where recipient = ${person.email} order by id`).map(({ letter }) => letter);
const audited = async () =>
  (await test_.database.sql<{ action: string; details: { factor?: string } }[]>`select action, details from audit_entry where object_id = ${person.id} order by id`).map(({ action, details }) => [action, details.factor].filter(Boolean).join(" "));

describe("an authenticator app", () => {
  test("is added with the password and its first code, listed, told by a letter; recovery codes are shown once", async () => {
    const { device, codes } = await withApp();
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^(?:[0-9a-z]{4}-){3}[0-9a-z]{4}$/);
    const lines = await answerOf<FactorLines>(device.send("GET", factors));
    expect(lines).toMatchObject({ factors: [{ kind: "totp", name: "", usedAt: null }], codesLeft: 10, required: false });
    expect(await letters()).toEqual(["factorAdded"]);
    expect(await audited()).toEqual(["sign-in none", "second-factor.add"]);
    const kept = JSON.stringify(await test_.database.sql`select * from recovery_code where person_id = ${person.id}`);
    for (const code of codes) expect(kept).not.toContain(code);
    // The session that added it goes on.
    expect(await device.isIn()).toBe(true);
  });

  test("is not begun without the password, nor confirmed by a wrong code, another session or another person", async () => {
    const device = browser();
    await device.signIn(person.email);
    expect(await codeOf(await device.post(`${factors}/app`, { password: "wrong" }))).toBe("wrong_credentials");
    const { app: waiting, key } = await answerOf<NewApp>(device.post(`${factors}/app`, { password }));
    expect(await codeOf(await device.post(`${factors}/app/confirm`, { app: waiting, code: "000000" }))).toBe("wrong_credentials");
    const elsewhere = browser();
    await elsewhere.signIn(person.email);
    expect(await codeOf(await elsewhere.post(`${factors}/app/confirm`, { app: waiting, code: codeFor(key) }))).toBe("forbidden");
    const stranger = browser();
    await stranger.signIn((await makePerson(test_.database)).email);
    expect(await codeOf(await stranger.post(`${factors}/app/confirm`, { app: waiting, code: codeFor(key) }))).toBe("forbidden");
    await test_.database.sql`update factor_step set expires_at = ${new Date(clock.now() - 1)}`;
    expect(await codeOf(await device.post(`${factors}/app/confirm`, { app: waiting, code: codeFor(key) }))).toBe("forbidden");
  });

  test("is asked for after the password; its code opens the session once", async () => {
    const { key } = await withApp();
    const device = browser();
    const { token, methods } = await device.firstStep(person.email);
    expect(methods).toEqual(["totp", "recovery"]);
    expect(device.token).toBe("");
    expect([...device.cookies.keys()]).toEqual(["__Host-sf-8080"]);
    expect(await codeOf(await device.post(step, { token, code: "123456" }))).toBe("wrong_credentials");
    const answer = await device.take(device.post(step, { token, code: codeFor(key) }));
    expect(answer.status).toBe(200);
    expect([...device.cookies.keys()]).toEqual(["__Host-rt-8080"]);
    expect(await device.isIn()).toBe(true);
    expect(await codeOf(await device.post(step, { token, code: codeFor(key, 1) }))).toBe("session_ended");
    expect((await audited()).slice(-2)).toEqual(["sign-in.refused", "sign-in totp"]);
  });

  test("SF2 a code that was used opens nothing again, also of two at once", async () => {
    const { key } = await withApp();
    const [one, two] = [browser(), browser()];
    const [first, second] = [await one.firstStep(person.email), await two.firstStep(person.email)];
    const code = codeFor(key);
    const answers = await Promise.all([one.post(step, { token: first.token, code }), two.post(step, { token: second.token, code })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  });

  test("SF5 is removed with the password; then a sign-in asks for nothing more, and its recovery codes are gone", async () => {
    const { device, codes } = await withApp();
    const { factors: lines } = await answerOf<FactorLines>(device.send("GET", factors));
    const id = lines[0]?.id ?? "";
    expect(await codeOf(await device.post(`${factors}/${id}/remove`, { password: "wrong" }))).toBe("wrong_credentials");
    const stranger = browser();
    await stranger.signIn((await makePerson(test_.database)).email);
    expect(await codeOf(await stranger.post(`${factors}/${id}/remove`, { password }))).toBe("forbidden");
    expect((await device.post(`${factors}/${id}/remove`, { password })).status).toBe(204);
    const again = browser();
    await again.signIn(person.email);
    expect(await again.isIn()).toBe(true);
    expect(await letters()).toEqual(["factorAdded", "factorRemoved"]);
    expect((await test_.database.sql`select 1 from recovery_code where person_id = ${person.id}`).length).toBe(0);
    expect(codes).toHaveLength(10);
  });
});

describe("recovery codes", () => {
  test("open once each, typed as people type, and tell by a letter how many are left", async () => {
    const { codes } = await withApp();
    const [first = "", second = ""] = codes;
    const device = browser();
    const pending = await device.firstStep(person.email);
    expect((await device.take(device.post(step, { token: pending.token, code: ` ${first.toUpperCase().replaceAll("-", " ")} ` }))).status).toBe(200);
    expect(await device.isIn()).toBe(true);
    const again = browser();
    const next = await again.firstStep(person.email);
    expect(await codeOf(await again.post(step, { token: next.token, code: first }))).toBe("wrong_credentials");
    expect((await again.post(step, { token: next.token, code: second })).status).toBe(200);
    expect(await letters()).toEqual(["factorAdded", "codeUsed", "codeUsed"]);
    expect((await audited()).filter((one) => one.startsWith("sign-in r"))).toEqual(["sign-in recovery", "sign-in recovery"]);
  });

  test("new ones end the earlier ones", async () => {
    const { device, codes } = await withApp();
    const { codes: renewed } = await answerOf<NewCodes>(device.post(`${factors}/codes`, { password }));
    const again = browser();
    const { token } = await again.firstStep(person.email);
    expect(await codeOf(await again.post(step, { token, code: codes[0] ?? "" }))).toBe("wrong_credentials");
    expect((await again.post(step, { token, code: renewed?.[0] ?? "" })).status).toBe(200);
  });

  test("of one person open nothing of another's", async () => {
    const { codes } = await withApp();
    person = await makePerson(test_.database);
    await withApp();
    const device = browser();
    const { token } = await device.firstStep(person.email);
    expect(await codeOf(await device.post(step, { token, code: codes[0] ?? "" }))).toBe("wrong_credentials");
  });
});

describe("SF4 a school that asks staff for a second factor", () => {
  beforeEach(async () => {
    person = await makePerson(test_.database, { systemRole: "instructor" });
    await writeSetting(test_.database.sql, "secondFactor", "required", null);
  });

  test("lets nobody of the staff in before one is set up, then lets them in at once", async () => {
    const device = browser();
    const { token, methods } = await device.firstStep(person.email);
    expect(methods).toEqual([]);
    expect(await device.isIn()).toBe(false);
    expect(await codeOf(await device.post(`${step}/set-up/done`, { token }))).toBe("forbidden");
    const { app: waiting, key } = await answerOf<NewApp>(device.post(`${step}/set-up/app`, { token }));
    expect(await codeOf(await device.post(`${step}/set-up/app/confirm`, { token, app: waiting, code: "000000" }))).toBe("wrong_credentials");
    const { codes } = await answerOf<NewCodes>(device.post(`${step}/set-up/app/confirm`, { token, app: waiting, code: codeFor(key) }));
    expect(codes).toHaveLength(10);
    expect(await device.isIn()).toBe(false);
    expect((await device.take(device.post(`${step}/set-up/done`, { token }))).status).toBe(200);
    expect(await device.isIn()).toBe(true);
    expect(await audited()).toEqual(["second-factor.add", "sign-in set-up"]);
    expect(await codeOf(await device.post(`${step}/set-up/done`, { token }))).toBe("session_ended");
  });

  test("means who teaches a course too, whatever their role at the school, while they teach it", async () => {
    const { database } = test_;
    const student = await makePerson(database, { systemRole: "student" });
    const comesIn = async () => {
      const device = browser();
      await device.signIn(student.email);
      return device.isIn();
    };
    expect(await comesIn()).toBe(true);
    const place = { courseId: newId(), userId: student.id, name: "Sofía" };
    await database.transaction((transaction) => enrol(transaction, { ...place, role: "assistant" }));
    expect(await comesIn()).toBe(true);
    await database.transaction((transaction) => enrol(transaction, { ...place, role: "instructor" }));
    expect((await browser().firstStep(student.email)).methods).toEqual([]);
    expect(await comesIn()).toBe(false);
    await database.sql`update doc_members set body = body || '{"state": "left"}' where owner_id = ${student.id}`;
    expect(await comesIn()).toBe(true);
  });

  test("is what production begins with, and stays what an administrator decided", async () => {
    const { sql } = test_.database;
    await sql`delete from school_setting where name = 'secondFactor'`;
    expect(await readSetting(sql, "secondFactor")).toBe("optional");
    await decideForProduction(sql);
    expect(await readSetting(sql, "secondFactor")).toBe("required");
    await writeSetting(sql, "secondFactor", "optional", null);
    await decideForProduction(sql);
    expect(await readSetting(sql, "secondFactor")).toBe("optional");
  });

  test("asks the first administrator too: the one-time link opens no session by itself", async () => {
    const { sql } = test_.database;
    // An empty school of its own, taken back at the end.
    const empty = await createTestDatabase();
    try {
      const { users, app: fresh } = openTestUsers({ database: empty.database, clock });
      await writeSetting(empty.database.sql, "secondFactor", "required", null);
      const device = new TestBrowser(() => fresh);
      const answer = await device.post("/api/setup", { token: await users.newSetUpToken(), name: "Ada", email: "ada@demo.school", password });
      expect(Object.keys((await answer.json()) as object)).toEqual(["secondFactor"]);
      expect([...device.cookies.keys()]).toEqual(["__Host-sf-8080"]);
    } finally {
      await empty.drop();
    }
    expect(await readSetting(sql, "secondFactor")).toBe("required");
  });

  test("lets students in with their password", async () => {
    person = await makePerson(test_.database);
    const device = browser();
    await device.signIn(person.email);
    expect(await device.isIn()).toBe(true);
  });

  test("does not let them remove the last one", async () => {
    await writeSetting(test_.database.sql, "secondFactor", "optional", null);
    const { device } = await withApp();
    await writeSetting(test_.database.sql, "secondFactor", "required", null);
    const { factors: lines, required } = await answerOf<FactorLines>(device.send("GET", factors));
    expect(required).toBe(true);
    expect(await codeOf(await device.post(`${factors}/${lines[0]?.id}/remove`, { password }))).toBe("invalid_input");
    expect((await answerOf<FactorLines>(device.send("GET", factors))).factors).toHaveLength(1);
  });
});
