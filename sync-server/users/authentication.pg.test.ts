import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { NewApp, PasskeyOptions, PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PersonActions } from "../admin/person-actions.ts";
import { InvitationLinks } from "../admin/invitation-links.ts";
import { adminRoutes } from "../admin/routes.ts";
import { createTestDatabase } from "../db/test-database.ts";
import type { Route } from "../http/route.ts";
import { makeProvePassword } from "./own-password.ts";
import { writeSetting } from "./school-settings.ts";
import { TestAuthenticator } from "./second-factor/test-authenticator.ts";
import { addApp, answerOf, codeFor } from "./second-factor/test-factors.ts";
import { makePerson, TEST_PASSWORD, TestBrowser } from "./test-browser.ts";
import { TestClock } from "./test-clock.ts";
import { codeOf, openTestUsers, TEST_ORIGIN } from "./test-users.ts";
import type { Users } from "./users.ts";

// Fault S-06: sixty scripted cases over the whole way in, each by HTTP. Its random half is `sessions.model.pg.test.ts`.

const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000];
const password = TEST_PASSWORD;
const step = "/api/auth/second-factor";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
/** Two instances of one school. */
let instances: { app: Hono; users: Users }[];
let person: { id: string; email: string };

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  clock = new TestClock();
  const { database } = test_;
  const admin = ({ accounts, factors }: Users): Route[] => adminRoutes({ database, clock, links: new InvitationLinks({ database, clock, random: systemRandom, origin: TEST_ORIGIN, handsOnLinks: true }), sendsLetters: false, people: new PersonActions({ database, clock, random: systemRandom, hints: { publish: () => undefined }, accounts, factors, provePassword: makeProvePassword({ database, clock, accounts }), handsOnLinks: true }) });
  instances = [openTestUsers({ database, clock, more: admin }), openTestUsers({ database, clock, more: admin })];
  await database.sql`truncate sign_in_tries, rate_bucket`;
  await writeSetting(database.sql, "secondFactor", "optional", null);
  await writeSetting(database.sql, "signUp", "open", null);
  person = await makePerson(database);
});

const browser = (instance: 0 | 1 = 0) => new TestBrowser(() => instances[instance]?.app as Hono);
const login = (email = person.email, with_ = password) => browser().post("/api/auth/login", { email, password: with_ });
const told = async (answer: Response): Promise<string> => `${answer.status} ${await answer.text()} ${answer.headers.get("set-cookie") ?? ""}`;
const sql = () => test_.database.sql;
async function signedIn(of = person): Promise<TestBrowser> {
  const device = browser();
  await device.signIn(of.email);
  expect(await device.isIn()).toBe(true);
  return device;
}
async function withApp(of = person): Promise<{ device: TestBrowser; key: string; codes: string[] }> {
  const device = await signedIn(of);
  return { device, ...(await addApp(device, clock)) };
}
async function linkIn(purpose: string, to = person.email): Promise<string> {
  const rows = await sql()<{ words: { address?: string } }[]>`select words from mail where recipient = ${to} order by created_at desc, id desc`;
  const link = rows.map(({ words }) => words.address ?? "").find((address) => address.includes(`#${purpose}=`)) ?? "";
  return link.slice(link.indexOf("=") + 1);
}
const forgotten = async (email = person.email) => void (await browser().post("/api/auth/forgotten", { email }));
const reset = (token: string, next = "battery staple") => browser().post("/api/auth/reset", { token, password: next });
const refreshWith = (cookie: string) => browser().send("POST", "/api/auth/refresh", undefined, { cookie: `__Host-rt-8080=${cookie}` });
const cookieOf = (device: TestBrowser): string => device.cookies.get("__Host-rt-8080") ?? "";
async function administrator(): Promise<TestBrowser> {
  return signedIn(await makePerson(test_.database, { systemRole: "administrator" }));
}

describe("S-06 who is not signed in learns nothing of who has an account", () => {
  const strangers: [string, () => Promise<{ email: string }>][] = [
    ["01 nobody", () => Promise.resolve({ email: "nobody@demo.school" })],
    ["02 somebody suspended", async () => {
      const one = await makePerson(test_.database);
      await sql()`update person set state = 'suspended' where id = ${one.id}`;
      return one;
    }],
    ["03 somebody whose e-mail is not confirmed", () => makePerson(test_.database, { verifiedAt: null })],
    ["04 somebody invited, without a password", () => makePerson(test_.database, { passwordHash: null })],
    ["05 somebody with a second factor", async () => {
      const one = await makePerson(test_.database);
      await withApp(one);
      return one;
    }],
    ["06 staff who must set one up", async () => {
      await writeSetting(sql(), "secondFactor", "required", null);
      return makePerson(test_.database, { systemRole: "instructor" });
    }],
  ];
  test.each(strangers)("%s is answered as a wrong password is", async (_, make) => {
    const { email } = await make();
    expect(await told(await login(email, "wrong"))).toBe(await told(await login(person.email, "wrong")));
  });

  test("07 limits count for who does not exist as for who does", async () => {
    const waits = async (email: string) => Promise.all(Array.from({ length: 6 }, async () => (await login(email, "wrong")).status)).then((all) => all.toSorted().join());
    expect(await waits("nobody@demo.school")).toBe(await waits(person.email));
  });

  test("08 a forgotten password is answered the same, and only who exists gets a letter", async () => {
    const ask = async (email: string) => told(await browser().post("/api/auth/forgotten", { email }));
    expect(await ask("nobody@demo.school")).toBe(await ask(person.email));
    expect((await sql()`select 1 from mail where recipient = 'nobody@demo.school'`).length).toBe(0);
  });

  test("09 a sign-up is answered the same for a new e-mail and a known one, whose account stays as it is", async () => {
    const ask = async (email: string) => told(await browser().post("/api/accounts", { email, name: "Eve", password: "another password", language: "en" }));
    expect(await ask(`new-${person.email}`)).toBe(await ask(person.email));
    expect((await login()).status).toBe(200);
    expect((await login(person.email, "another password")).status).toBe(401);
  });

  test("10 SI2 the audit log holds what was refused, of a person by their id, of nobody without the e-mail that was typed", async () => {
    const before = await sql()`select coalesce(max(id), 0) as last from audit_entry`;
    await login(person.email, "wrong");
    await login("typed-secret@demo.school", "wrong");
    const entries = await sql()`select object_kind, object_id, details from audit_entry where action = 'sign-in.refused' and id > ${String(before[0]?.["last"])}::bigint order by id`;
    expect(entries).toMatchObject([{ object_kind: "person", object_id: person.id, details: { what: "password", tries: 1 } }, { object_kind: "network" }]);
    expect(JSON.stringify(entries)).not.toContain("typed-secret");
  });

  test("11 a flood of refusals makes the log grow slowly, and its size is told later", async () => {
    await sql()`update rate_bucket set full_at = now()`;
    const count = async () => Number((await sql()`select count(*) as count from audit_entry where action = 'sign-in.refused'`)[0]?.["count"]);
    const before = await count();
    // Fourteen networks' worth: the limit of one network is another case.
    for (let tries = 0; tries < 130; tries += 1) {
      await sql()`delete from rate_bucket where name like 'sign-in network%'`;
      await instances[0]?.users.refused.note({ personId: null, network: "192.0.2.1", tries: 1, what: "password" });
    }
    expect((await count()) - before).toBe(100);
    clock.pass(10 * SECOND);
    await login("nobody@demo.school", "wrong");
    const [last] = await sql()`select details from audit_entry where action = 'sign-in.refused' order by id desc limit 1`;
    expect(last?.["details"]).toMatchObject({ unlisted: 30 });
  });

  test("12 only the right password tells that an account is suspended, and whom to ask", async () => {
    await sql()`update person set state = 'suspended' where id = ${person.id}`;
    expect(await codeOf(await login(person.email, "wrong"))).toBe("wrong_credentials");
    expect(await codeOf(await login())).toBe("account_suspended");
  });
});

describe("S-06 SI1 guessing costs time, on whichever instance, and locks nobody out", () => {
  test("13 a hundred passwords at once over two instances: five are looked at", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => browser(index % 2 === 0 ? 0 : 1).post("/api/auth/login", { email: person.email, password: `wrong ${index}` })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
  });

  test("14 the wait is told, grows, and ends: the right password opens after it", async () => {
    for (let tries = 0; tries < 5; tries += 1) await login(person.email, "wrong");
    const refused = await login();
    expect(refused.status).toBe(429);
    const { error } = (await refused.json()) as { error: { retryAfterMs: number } };
    clock.pass(error.retryAfterMs);
    expect((await login()).status).toBe(200);
  });

  test("15 a browser that was theirs is not kept waiting by strangers", async () => {
    const device = await signedIn();
    for (let tries = 0; tries < 6; tries += 1) await login(person.email, "wrong");
    expect((await login()).status).toBe(429);
    expect((await device.signIn(person.email)).status).toBe(200);
  });

  test("16 codes: five of one sign-in, and then the password is asked for again", async () => {
    await withApp();
    const device = browser();
    const { token } = await device.firstStep(person.email);
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await codeOf(await device.post(step, { token, code: "000000" }))).toBe("wrong_credentials");
      clock.pass(MINUTE);
    }
    expect(await codeOf(await device.post(step, { token, code: "000000" }))).toBe("session_ended");
  });

  test("17 codes: a new sign-in gives no new tries; the person's count goes on over all of them", async () => {
    const { key } = await withApp();
    const tries: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const device = browser(round % 2 === 0 ? 0 : 1);
      const { token } = await device.firstStep(person.email);
      for (let one = 0; one < 3; one += 1) tries.push(await codeOf(await device.post(step, { token, code: "000000" })));
    }
    expect(tries.filter((code) => code === "wrong_credentials")).toHaveLength(5);
    clock.pass(2 * SECOND);
    const device = browser();
    const { token } = await device.firstStep(person.email);
    expect((await device.post(step, { token, code: codeFor(key, clock) })).status).toBe(200);
  });

  test("18 recovery codes are counted as codes are", async () => {
    await withApp();
    const device = browser();
    const { token } = await device.firstStep(person.email);
    const tried = await Promise.all(Array.from({ length: 12 }, () => device.post(step, { token, code: "0000-0000-0000-0000" })));
    expect(tried.filter(({ status }) => status === 401 || status === 200).length).toBeLessThanOrEqual(5);
  });

  test.each([
    ["19 to change it", "/api/me/password", { current: "wrong", password: "battery staple" }],
    ["20 to change the e-mail", "/api/me/email", { email: "new@demo.school", password: "wrong" }],
    ["21 to add an app", "/api/me/second-factors/app", { password: "wrong" }],
    ["22 to add a passkey", "/api/me/second-factors/passkey", { password: "wrong" }],
    ["23 to have new recovery codes", "/api/me/second-factors/codes", { password: "wrong" }],
  ])("%s one's own password is tried five times a minute, together", async (_, path, body) => {
    const device = await signedIn();
    const answers: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) answers.push((await device.post(path, body)).status);
    expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    expect(answers.at(-1)).toBe(429);
    expect((await device.post("/api/me/password", { current: password, password: "battery staple" })).status).toBe(429);
  });
});

describe("S-06 a link of a letter opens once, for its purpose, while all it was made for is so", () => {
  test("24 used twice", async () => {
    await forgotten();
    const link = await linkIn("reset");
    expect([(await reset(link)).status, await codeOf(await reset(link, "third password"))]).toEqual([204, "forbidden"]);
  });

  test("25 after half an hour", async () => {
    await forgotten();
    clock.pass(30 * MINUTE);
    expect(await codeOf(await reset(await linkIn("reset")))).toBe("forbidden");
  });

  test("26 replaced by a newer one", async () => {
    await forgotten();
    const old = await linkIn("reset");
    clock.pass(SECOND);
    await forgotten();
    expect(await codeOf(await reset(old))).toBe("forbidden");
  });

  test("27 for another purpose", async () => {
    await browser().post("/api/accounts", { email: `new-${person.email}`, name: "Eve", password, language: "en" });
    expect(await codeOf(await reset(await linkIn("verify", `new-${person.email}`)))).toBe("forbidden");
    await forgotten();
    expect(await codeOf(await browser().post("/api/accounts/confirm", { token: await linkIn("reset") }))).toBe("forbidden");
  });

  test("28 after the password or the e-mail became another", async () => {
    await forgotten();
    const link = await linkIn("reset");
    await sql()`update person set password_version = password_version + 1 where id = ${person.id}`;
    expect(await codeOf(await reset(link))).toBe("forbidden");
    await forgotten();
    const second = await linkIn("reset");
    await sql()`update person set email = ${`moved-${person.email}`} where id = ${person.id}`;
    expect(await codeOf(await reset(second))).toBe("forbidden");
  });

  test("29 of somebody who was suspended meanwhile", async () => {
    await forgotten();
    await sql()`update person set state = 'suspended' where id = ${person.id}`;
    expect(await codeOf(await reset(await linkIn("reset")))).toBe("forbidden");
  });

  test.each([["30 nothing", ""], ["31 a UUID", "018f3c5e-0000-7000-8000-000000000000"], ["32 a token of nobody", "x".repeat(43)], ["33 what SQL reads", "' or true --"]])("%s is no link", async (_, token) => {
    expect((await reset(token)).status).toBeGreaterThanOrEqual(400);
    expect((await login()).status).toBe(200);
  });

  test("34 its address comes from the configuration, whatever host a request names", async () => {
    await browser().send("POST", "/api/auth/forgotten", { email: person.email }, { host: "evil.example", origin: "https://evil.example" });
    await browser().send("POST", "/api/auth/forgotten", { email: person.email }, { "x-forwarded-host": "evil.example" });
    const rows = await sql()<{ words: { address?: string } }[]>`select words from mail where recipient = ${person.email}`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { words } of rows) expect(words.address?.startsWith(`${TEST_ORIGIN}/`)).toBe(true);
  });
});

describe("S-06 sessions end where they must", () => {
  test("35 RT1 a lost answer to a refresh: the same successor, hours later too", async () => {
    const cookie = cookieOf(await signedIn());
    const device = browser();
    device.cookies.set("__Host-rt-8080", cookie);
    clock.pass(MINUTE);
    await device.post("/api/auth/refresh");
    clock.pass(2 * 60 * MINUTE);
    const again = browser();
    again.cookies.set("__Host-rt-8080", cookie);
    expect((await again.post("/api/auth/refresh")).status).toBe(200);
    expect(cookieOf(again)).toBe(cookieOf(device));
  });

  test("36 an old token after its successor was used: the family ends for both", async () => {
    const device = await signedIn();
    const stolen = cookieOf(device);
    for (let times = 0; times < 2; times += 1) {
      clock.pass(MINUTE);
      await device.take(device.post("/api/auth/refresh"));
    }
    expect(await codeOf(await refreshWith(stolen))).toBe("session_ended");
    expect(await codeOf(await device.post("/api/auth/refresh"))).toBe("session_ended");
    clock.pass(5_001);
    expect(await device.isIn()).toBe(false);
  });

  test("37 sign-out: no token of it opens anything, on another instance within 5 s", async () => {
    const device = await signedIn();
    const cookie = cookieOf(device);
    const elsewhere = browser(1);
    elsewhere.token = device.token;
    expect(await elsewhere.isIn()).toBe(true);
    await device.post("/api/auth/logout");
    clock.pass(5_001);
    expect([await device.isIn(), await elsewhere.isIn(), (await refreshWith(cookie)).status]).toEqual([false, false, 401]);
  });

  test("38 a refresh token is no access token, and the other way round", async () => {
    const device = await signedIn();
    const wrongWay = browser();
    wrongWay.token = cookieOf(device);
    expect(await wrongWay.isIn()).toBe(false);
    expect((await refreshWith(device.token)).status).toBe(401);
  });

  test("39 a refresh from another site, or without the header, is refused", async () => {
    const device = await signedIn();
    expect((await device.send("POST", "/api/auth/refresh", undefined, { origin: "https://evil.example" })).status).toBe(403);
    expect((await device.send("POST", "/api/auth/refresh", undefined, { "x-lms": "" })).status).toBe(403);
    expect((await device.post("/api/auth/refresh")).status).toBe(200);
  });

  test("40 a suspension: every session within 5 s", async () => {
    const device = await signedIn();
    const admin = await administrator();
    await admin.send("PATCH", `/api/admin/people/${person.id}`, { state: "suspended" });
    clock.pass(5_001);
    expect([await device.isIn(), (await device.post("/api/auth/refresh")).status]).toEqual([false, 401]);
  });

  test("41 a role that is taken away acts at once, within the life of the access token", async () => {
    const second = await makePerson(test_.database, { systemRole: "administrator" });
    const [admin, other] = [await administrator(), await signedIn(second)];
    expect((await other.send("GET", "/api/admin/people")).status).toBe(200);
    await admin.send("PATCH", `/api/admin/people/${second.id}`, { systemRole: "student" });
    clock.pass(5_001);
    expect((await other.send("GET", "/api/admin/people")).status).toBe(403);
  });

  test("42 a new password ends all others; a reset ends all and signs nobody in", async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    await here.post("/api/me/password", { current: password, password: "battery staple" });
    clock.pass(5_001);
    expect([await here.isIn(), await there.isIn()]).toEqual([true, false]);
    await forgotten();
    const answer = await reset(await linkIn("reset"), "third password");
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([204, null]);
    clock.pass(5_001);
    expect(await here.isIn()).toBe(false);
  });

  test("43 staff who rest 12 hours sign in again; students are not asked for 30 days", async () => {
    const instructor = await signedIn(await makePerson(test_.database, { systemRole: "instructor" }));
    const student = await signedIn();
    clock.pass(13 * 60 * MINUTE);
    expect([(await instructor.post("/api/auth/refresh")).status, (await student.post("/api/auth/refresh")).status]).toEqual([401, 200]);
    clock.pass(31 * DAY);
    expect((await student.post("/api/auth/refresh")).status).toBe(401);
  });
});

describe("S-06 SF1 half a sign-in sees nothing, and no second door goes round the second factor", () => {
  let pending: PendingSignIn;
  let device: TestBrowser;
  let key: string;
  let codes: string[];
  beforeEach(async () => {
    ({ key, codes } = await withApp());
    device = browser();
    pending = await device.firstStep(person.email);
  });
  const finish = (token = pending.token, on = device, code = codeFor(key, clock)) => on.post(step, { token, code });

  test("44 the token of the second step is refused by every route for people, and as a refresh token", async () => {
    const routes = instances[0]?.users.routes ?? [];
    const guarded = routes.filter(({ access }) => access === "person" || access === "administrator");
    expect(guarded.length).toBeGreaterThan(10);
    for (const { method, path } of guarded) {
      for (const token of [pending.token, `${pending.token}.${pending.token}.${pending.token}`]) {
        const answer = await device.send(method, path.replaceAll(/:\w+/g, person.id), method === "GET" ? undefined : {}, { authorization: `Bearer ${token}` });
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
    expect([(await refreshWith(pending.token)).status, (await refreshWith(device.cookies.get("__Host-sf-8080") ?? "")).status]).toEqual([401, 401]);
  });

  test("45 it opens nothing in another browser, nor without its cookie", async () => {
    expect(await codeOf(await finish(pending.token, browser()))).toBe("session_ended");
    const other = browser();
    await other.firstStep(person.email);
    expect(await codeOf(await finish(pending.token, other))).toBe("session_ended");
    expect((await finish()).status).toBe(200);
  });

  test("46 it is over after ten minutes", async () => {
    clock.pass(10 * MINUTE);
    expect(await codeOf(await finish())).toBe("session_ended");
  });

  test("47 it is over with a new password, and with a suspension", async () => {
    await forgotten();
    await reset(await linkIn("reset"));
    expect(await codeOf(await finish())).toBe("session_ended");
    pending = await device.firstStep(person.email, "battery staple");
    await sql()`update person set state = 'suspended' where id = ${person.id}`;
    expect(await codeOf(await finish())).toBe("session_ended");
  });

  test.each([["48 a UUID", "018f3c5e-0000-7000-8000-000000000000"], ["49 the person's id", "id"], ["50 nothing", ""]])("%s in the place of the token opens nothing", async (_, token) => {
    expect((await finish(token === "id" ? person.id : token)).status).toBe(401);
  });

  test.each([["51 no code", ""], ["52 null as text", "null"], ["53 a code of an hour ago", "old"], ["54 somebody else's code", "other"], ["55 a used recovery code", "used"]])("%s opens nothing", async (_, what) => {
    let code = what;
    if (what === "old") code = codeFor(key, clock, -120);
    if (what === "other") code = codeFor((await withApp(await makePerson(test_.database))).key, clock);
    if (what === "used") {
      code = codes[0] ?? "";
      const first = browser();
      expect((await finish((await first.firstStep(person.email)).token, first, code)).status).toBe(200);
    }
    pending = await device.firstStep(person.email);
    expect((await finish(pending.token, device, code)).status).toBe(401);
  });

  test("56 a factor cannot be set up by the password of somebody who has one", async () => {
    const { token } = pending;
    for (const path of ["set-up/app", "set-up/passkey"]) expect(await codeOf(await device.post(`${step}/${path}`, { token }))).toBe("forbidden");
    expect(await codeOf(await device.post(`${step}/set-up/done`, { token }))).toBe("forbidden");
    expect(await codeOf(await device.post(`${step}/set-up/app/confirm`, { token, app: token, code: "000000" }))).toBe("forbidden");
  });

  test("57 a reset of the password does not go round it", async () => {
    await forgotten();
    await reset(await linkIn("reset"));
    const answer = await browser().post("/api/auth/login", { email: person.email, password: "battery staple" });
    expect(Object.keys((await answer.json()) as object)).toEqual(["secondFactor"]);
  });

  test("58 a passkey that the account does not have, or an answer to another question, is none", async () => {
    const passkey = new TestAuthenticator({ origin: TEST_ORIGIN, rpId: "localhost" });
    const options = await answerOf<PasskeyOptions>(device.post(`${step}/passkey/begin`, { token: pending.token }));
    expect(await codeOf(await device.post(`${step}/passkey`, { token: pending.token, credential: passkey.prove(options) }))).toBe("wrong_credentials");
    const door = await answerOf<PasskeyOptions>(device.post("/api/auth/passkey/begin"));
    expect(await codeOf(await device.post("/api/auth/passkey", { credential: passkey.prove(door) }))).toBe("wrong_credentials");
  });

  test("59 of many who finish one sign-in at once, one comes in", async () => {
    const answers = await Promise.all([...codes.slice(0, 3), codeFor(key, clock)].map((code) => finish(pending.token, device, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("60 a student who becomes staff where staff need one comes in again with one; an administrator who removes it leaves the set-up in front of everything", async () => {
    await writeSetting(sql(), "secondFactor", "required", null);
    const plain = await makePerson(test_.database);
    const theirs = await signedIn(plain);
    await sql()`update school_setting set value = '"optional"' where name = 'secondFactor'`;
    const admin = await administrator();
    await sql()`update school_setting set value = '"required"' where name = 'secondFactor'`;
    await admin.send("PATCH", `/api/admin/people/${plain.id}`, { systemRole: "instructor" });
    clock.pass(5_001);
    expect(await theirs.isIn()).toBe(false);
    expect((await theirs.firstStep(plain.email)).methods).toEqual([]);
    expect(await theirs.isIn()).toBe(false);
    await sql()`update person set system_role = 'instructor' where id = ${person.id}`;
    expect((await admin.send("DELETE", `/api/admin/people/${person.id}/second-factors`)).status).toBe(200);
    expect(await codeOf(await finish())).toBe("session_ended");
    const { token, methods } = await device.firstStep(person.email);
    expect(methods).toEqual([]);
    // Half a set-up is none.
    const { app, key: next } = await answerOf<NewApp>(device.post(`${step}/set-up/app`, { token }));
    expect(await codeOf(await device.post(`${step}/set-up/done`, { token }))).toBe("forbidden");
    await device.post(`${step}/set-up/app/confirm`, { token, app, code: codeFor(next, clock) });
    expect((await device.take(device.post(`${step}/set-up/done`, { token }))).status).toBe(200);
    expect(await device.isIn()).toBe(true);
  });
});
