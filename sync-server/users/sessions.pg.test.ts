import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import { Hono } from "hono";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enrol } from "../courses/enrol.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "./password.ts";
import { createPerson } from "./people.ts";
import { SigningKeys } from "./signing-keys.ts";
import { sweepSessions } from "./sweep-sessions.ts";
import { TestClock } from "./test-clock.ts";
import { codeOf, openTestUsers, testSend } from "./test-users.ts";

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let app: Hono;
let email: string;
let personId: string;
const published: string[] = [];

/** The application as after a restart: everything that is only in memory is new. */
function restart(): void {
  ({ app } = openTestUsers({ database: test_.database, clock, publish: (scopes) => void published.push(...scopes) }));
}

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

beforeEach(async () => {
  clock = new TestClock();
  personId = newId();
  email = `${personId}@demo.school`;
  const passwordHash = await new Passwords().hash(password);
  await test_.database.transaction((transaction) => createPerson(transaction, { id: personId, email, name: "Sofía", systemRole: "student", language: "es", passwordHash }));
  restart();
});

const send = (path: string, init: RequestInit & { headers?: Record<string, string> }) => testSend(app, path, init);
const post = (path: string, body: unknown) => send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const withCookie = (path: string, cookie: string) => send(path, { method: "POST", headers: { "x-lms": "1", cookie: `__Host-rt-8080=${cookie}` } });
const cookieOf = (answer: Response): string => /__Host-rt-8080=([^;]*)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";
const me = (token: string) => send("/api/me", { headers: { authorization: `Bearer ${token}` } });

async function signIn(): Promise<{ cookie: string; token: string }> {
  const answer = await post("/api/auth/login", { email, password });
  expect(answer.status).toBe(200);
  return { cookie: cookieOf(answer), token: ((await answer.json()) as Session).accessToken };
}

async function refresh(cookie: string): Promise<{ cookie: string; token: string }> {
  const answer = await withCookie("/api/auth/refresh", cookie);
  expect(answer.status).toBe(200);
  return { cookie: cookieOf(answer), token: ((await answer.json()) as Session).accessToken };
}

describe("sign-in", () => {
  test("gives a token that works and a cookie that scripts and other sites cannot use (V3.3)", async () => {
    const answer = await post("/api/auth/login", { email: email.toUpperCase(), password });
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-rt-8080=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const { accessToken, user, expiresAt } = (await answer.json()) as Session;
    expect(expiresAt - clock.now()).toBe(600 * SECOND);
    expect(await (await me(accessToken)).json()).toEqual(user);
    expect(user).toEqual({ id: personId, email, name: "Sofía", systemRole: "student", language: "es", picture: null, timeZone: null });
  });

  test("a browser that was signed in before is not kept waiting by strangers' guesses, also after its session ended", async () => {
    const { cookie } = await signIn();
    const { cookie: foreign } = await (async () => {
      const id = newId();
      const passwordHash = await new Passwords().hash(password);
      await test_.database.transaction((transaction) => createPerson(transaction, { id, email: `${id}@demo.school`, name: "M", systemRole: "student", language: "en", passwordHash }));
      return { cookie: cookieOf(await post("/api/auth/login", { email: `${id}@demo.school`, password })) };
    })();
    for (let guesses = 0; guesses < 6; guesses += 1) await post("/api/auth/login", { email, password: "wrong" });
    await test_.database.sql`update session set ended_at = now() where person_id = ${personId}`;
    const again = (own: string) =>
      send("/api/auth/login", { method: "POST", headers: { "content-type": "application/json", cookie: `__Host-rt-8080=${own}` }, body: JSON.stringify({ email, password }) });
    expect([(await post("/api/auth/login", { email, password })).status, (await again(foreign)).status, (await again("x".repeat(43))).status]).toEqual([429, 429, 429]);
    expect((await again(cookie)).status).toBe(200);
  });

  test("says the same for a wrong password, an unknown person and a suspended one, whom only the right password tells (V6.3.8)", async () => {
    const answers = [await post("/api/auth/login", { email, password: "wrong" }), await post("/api/auth/login", { email: "nobody@demo.school", password })];
    await test_.database.sql`update person set state = 'suspended' where id = ${personId}`;
    answers.push(await post("/api/auth/login", { email, password: "wrong" }));
    const bodies = await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]));
    expect(new Set(bodies.map(String)).size).toBe(1);
    expect(bodies[0]?.[0]).toBe(401);
    expect(await codeOf(await post("/api/auth/login", { email, password }))).toBe("account_suspended");
  });

  test("takes the same work for an unknown person as for a wrong password", async () => {
    const passwords = new Passwords();
    const stored = await passwords.hash(password);
    await passwords.matches(password, null);
    const timeOf = async (against: string | null) => {
      const start = performance.now();
      expect(await passwords.matches("wrong", against)).toBe(false);
      return performance.now() - start;
    };
    // By turns, and the quickest of each: the work itself, without what else the machine does.
    const times: { known: number; unknown: number }[] = [];
    for (let tries = 0; tries < 15; tries += 1) times.push({ known: await timeOf(stored), unknown: await timeOf(null) });
    const [known, unknown] = [Math.min(...times.map((one) => one.known)), Math.min(...times.map((one) => one.unknown))];
    // Without the dummy hash the unknown one would take a thousandth; a busy machine makes them differ by much less than 2.
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  test("refuses a flood of sign-ins at once instead of queueing it", async () => {
    const passwords = new Passwords();
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.matches("wrong", null)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(8);
  });
});

describe("refresh tokens", () => {
  test("rotate, and nothing in the database opens a session", async () => {
    const first = await signIn();
    const second = await refresh(first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    const rows = await test_.database.sql`select encode(hash, 'escape') as hash from refresh_token`;
    expect(JSON.stringify(rows)).not.toContain(second.cookie);
  });

  test("survive a restart of the server", async () => {
    const { cookie, token } = await signIn();
    restart();
    expect((await me(token)).status).toBe(200);
    await refresh(cookie);
  });

  test("a lost answer: the same successor comes back, after hours too, while nobody has seen it", async () => {
    const { cookie } = await signIn();
    const lost = await refresh(cookie);
    restart();
    clock.pass(5 * 3_600 * SECOND);
    const again = await refresh(cookie);
    expect(again.cookie).toBe(lost.cookie);
    await refresh(again.cookie);
  });

  test("parallel refreshes all get the one successor", async () => {
    const { cookie } = await signIn();
    const all = await Promise.all(Array.from({ length: 8 }, () => refresh(cookie)));
    expect(new Set(all.map((one) => one.cookie)).size).toBe(1);
    await refresh(all[0]?.cookie ?? "");
  });

  test("used again after its successor was used: the whole family ends", async () => {
    const first = await signIn();
    const second = await refresh(first.cookie);
    const third = await refresh(second.cookie);
    expect(await codeOf(await withCookie("/api/auth/refresh", first.cookie))).toBe("session_ended");
    expect(await codeOf(await withCookie("/api/auth/refresh", third.cookie))).toBe("session_ended");
  });

  test("RT1 used again stands in the log of the person, once and by nobody; an end without it does not", async () => {
    const replayed = () => test_.database.sql`select actor_id, object_id, session_id is not null as session, details ->> 'device' is not null as device from audit_entry where action = 'sign-in.replayed' and object_id = ${personId}`;
    const [first, other] = [await signIn(), await signIn()];
    await refresh((await refresh(first.cookie)).cookie);
    await withCookie("/api/auth/logout", other.cookie);
    await withCookie("/api/auth/refresh", other.cookie);
    expect(await replayed()).toEqual([]);
    for (let times = 0; times < 2; times += 1) expect(await codeOf(await withCookie("/api/auth/refresh", first.cookie))).toBe("session_ended");
    expect(await replayed()).toEqual([{ actor_id: null, object_id: personId, session: true, device: true }]);
  });

  test("used again after its successor arrived and 60 s passed: the whole family ends, and the access token within 5 s", async () => {
    const first = await signIn();
    const second = await refresh(first.cookie);
    expect((await me(second.token)).status).toBe(200);
    expect((await refresh(first.cookie)).cookie).toBe(second.cookie);
    clock.pass(61 * SECOND);
    expect((await me(second.token)).status).toBe(200);
    expect(await codeOf(await withCookie("/api/auth/refresh", first.cookie))).toBe("session_ended");
    clock.pass(6 * SECOND);
    expect(await codeOf(await me(second.token))).toBe("session_ended");
  });

  test("used again by a browser that was killed before the successor was on its disk: the same successor, hours later", async () => {
    const first = await signIn();
    const second = await refresh(first.cookie);
    expect((await me(second.token)).status).toBe(200);
    clock.pass(3 * 3_600 * SECOND);
    expect((await refresh(first.cookie)).cookie).toBe(second.cookie);
  });

  test("said again after a lost answer, used, and lost again by a browser that was killed: the same successor (seed 7701)", async () => {
    const first = await signIn();
    const lost = await refresh(first.cookie);
    clock.pass(540 * SECOND);
    const again = await refresh(first.cookie);
    expect((await me(again.token)).status).toBe(200);
    // Killed before the cookie was on its disk.
    clock.pass(580 * SECOND);
    expect((await refresh(first.cookie)).cookie).toBe(lost.cookie);
  });

  test("a family that ended does not end another sign-in of the same person", async () => {
    const stolen = await signIn();
    const other = await signIn();
    await refresh((await refresh(stolen.cookie)).cookie);
    expect((await withCookie("/api/auth/refresh", stolen.cookie)).status).toBe(401);
    await refresh(other.cookie);
  });

  test("slide for 30 days and end after 180", async () => {
    let { cookie } = await signIn();
    for (let days = 0; days + 29 <= 180; days += 29) {
      clock.pass(29 * DAY);
      ({ cookie } = await refresh(cookie));
    }
    clock.pass(7 * DAY);
    expect(await codeOf(await withCookie("/api/auth/refresh", cookie))).toBe("session_ended");
  });

  test("31 days of rest end a session", async () => {
    const { cookie } = await signIn();
    clock.pass(31 * DAY);
    expect(await codeOf(await withCookie("/api/auth/refresh", cookie))).toBe("session_ended");
  });

  test("without a cookie there is nothing that has ended", async () => {
    expect(await codeOf(await withCookie("/api/auth/refresh", ""))).toBe("not_signed_in");
  });

  test.each([["short", "x"], ["unknown", "a".repeat(43)], ["encoded", "%00"], ["long", "a".repeat(5_000)]])("%s text is no token", async (_name, cookie) => {
    expect(await codeOf(await withCookie("/api/auth/refresh", cookie))).toBe("session_ended");
  });

  test("need the header and our own origin (V3.5.1)", async () => {
    const { cookie } = await signIn();
    const headers = { cookie: `__Host-rt-8080=${cookie}` };
    expect(await codeOf(await send("/api/auth/refresh", { method: "POST", headers }))).toBe("wrong_origin");
    for (const foreign of [{ origin: "https://evil.example" }, { origin: "http://localhost:8081" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }]) {
      expect(await codeOf(await send("/api/auth/refresh", { method: "POST", headers: { ...headers, "x-lms": "1", ...foreign } }))).toBe("wrong_origin");
    }
    const ours = { ...headers, "x-lms": "1", origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
    expect((await send("/api/auth/refresh", { method: "POST", headers: ours })).status).toBe(200);
  });
});

describe("sign-out and suspension", () => {
  test("sign-out ends the session for both tokens and drops the cookie (V7.4.1)", async () => {
    const { cookie, token } = await signIn();
    expect((await me(token)).status).toBe(200);
    published.length = 0;
    const answer = await withCookie("/api/auth/logout", cookie);
    // Streams and sockets look at their session again when their person is named.
    expect(published).toEqual([`u:${personId}`]);
    expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await codeOf(await me(token))).toBe("session_ended");
    expect(await codeOf(await withCookie("/api/auth/refresh", cookie))).toBe("session_ended");
  });

  test("on another instance a sign-out acts within 5 s", async () => {
    const { cookie, token } = await signIn();
    const here = app;
    restart();
    expect((await me(token)).status).toBe(200);
    const there = app;
    app = here;
    await withCookie("/api/auth/logout", cookie);
    app = there;
    clock.pass(5 * SECOND);
    expect(await codeOf(await me(token))).toBe("session_ended");
  });

  test("a suspended person is out within 5 s, refresh included", async () => {
    const { cookie, token } = await signIn();
    await test_.database.sql`update person set state = 'suspended' where id = ${personId}`;
    clock.pass(5 * SECOND);
    expect(await codeOf(await me(token))).toBe("session_ended");
    expect(await codeOf(await withCookie("/api/auth/refresh", cookie))).toBe("session_ended");
  });
});

describe("my profile", () => {
  test("changes what is named, for the courses I am in too, and nothing else", async () => {
    const { token } = await signIn();
    const courseId = newId();
    await test_.database.transaction((transaction) => enrol(transaction, { courseId, userId: personId, name: "Sofía", role: "student" }));
    const change = (body: unknown) => send("/api/me", { method: "PATCH", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    expect(await (await change({ name: "Sofía R." })).json()).toEqual({ id: personId, email, name: "Sofía R.", systemRole: "student", language: "es", picture: null, timeZone: null });
    expect(await (await change({ language: "en" })).json()).toMatchObject({ name: "Sofía R.", language: "en" });
    const [member] = await test_.database.sql<{ body: { name: string; role: string } }[]>`select body from doc_members where owner_id = ${personId}`;
    expect(member?.body).toMatchObject({ name: "Sofía R.", role: "student" });
    expect(published).toContain(`c:${courseId}`);
    for (const wrong of [{ systemRole: "administrator" }, { email: "other@demo.school" }, { name: "" }, { name: "a".repeat(121) }, { language: "fr" }, []]) {
      expect(await codeOf(await change(wrong))).toBe("invalid_input");
    }
  });

  test("AU1 another name stands in the log with the change and without the names, which could not be erased from it; the same name does not", async () => {
    const { token } = await signIn();
    const entries = () => test_.database.sql`select actor_id, object_id, details, session_id is not null as session from audit_entry where action = 'person.change' and object_id = ${personId}`;
    const change = (body: unknown) => send("/api/me", { method: "PATCH", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    const { name } = (await (await change({ language: "es" })).json()) as { name: string };
    expect((await change({ name })).status).toBe(200);
    expect(await entries()).toEqual([]);
    expect((await change({ name: "The administrator" })).status).toBe(200);
    expect(await entries()).toEqual([{ actor_id: personId, object_id: personId, details: { field: "name" }, session: true }]);
  });
});

describe("housekeeping", () => {
  test("removes sessions that nobody can use any more, and no other", async () => {
    const { cookie } = await signIn();
    await signIn();
    await withCookie("/api/auth/logout", cookie);
    expect(await sweepSessions(test_.database, clock.now())).toBe(0);
    clock.pass(31 * DAY);
    const kept = await signIn();
    await sweepSessions(test_.database, clock.now());
    await refresh(kept.cookie);
    const left = () => test_.database.sql`select 1 from session where person_id = ${personId}`;
    clock.pass(59 * DAY);
    await sweepSessions(test_.database, clock.now());
    expect(await left()).toHaveLength(1);
    clock.pass(2 * DAY);
    await sweepSessions(test_.database, clock.now());
    expect(await left()).toHaveLength(0);
  });
});

describe("access tokens (RFC 8725)", () => {
  test("end after 10 minutes and half a minute of tolerance", async () => {
    const { token } = await signIn();
    clock.pass(629 * SECOND);
    expect((await me(token)).status).toBe(200);
    clock.pass(2 * SECOND);
    expect(await codeOf(await me(token))).toBe("not_signed_in");
  });

  test("no other audience, issuer, type, algorithm or key passes", async () => {
    const { token } = await signIn();
    const { sid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string };
    const keys = new SigningKeys({ database: test_.database, clock, random: systemRandom });
    const { key, kid } = await keys.current();
    const now = clock.now() / SECOND;
    const make = (header: Record<string, unknown>, claims: Record<string, unknown> = {}, signer: Parameters<SignJWT["sign"]>[0] = key) =>
      new SignJWT({ iss: "mochila", aud: "mochila", sub: personId, sid, jti: newId(), num: 1, iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...header }).sign(signer);
    const secret = new TextEncoder().encode("a secret that everybody could know of");
    const { privateKey: foreign } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    expect((await me(await make({}))).status).toBe(200);
    const forged = [
      make({}, { aud: "files" }), make({}, { iss: "other" }), make({ typ: "JWT" }), make({ alg: "HS256" }, {}, secret), make({ kid: "unknown" }),
      make({}, {}, foreign), make({}, { exp: undefined }), make({}, { sub: "administrator" }), make({}, { sid: newId() }), make({}, { sub: newId() }),
    ];
    for (const one of await Promise.all(forged)) expect((await me(one)).status).toBe(401);
    const [, payload] = token.split(".");
    const none = `${Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt", kid })).toString("base64url")}.${payload}.`;
    for (const text of [none, `${token}x`, token.slice(0, -4), "a.b.c", "", `${token.slice(0, 20)} ${token.slice(20)}`]) {
      expect((await me(text)).status).toBe(401);
    }
  });

  test("instances that need the first key at the same moment make one, and check each other's tokens", async () => {
    await test_.database.sql`delete from signing_key`;
    // A connection for each, so that none waits for another's.
    await Promise.all([1, 2, 3, 4].map(() => test_.database.sql`select pg_sleep(0.1)`));
    const instances = Array.from({ length: 4 }, () => new SigningKeys({ database: test_.database, clock, random: systemRandom }));
    const keys = await Promise.all(instances.map((one) => one.current()));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect(await test_.database.sql`select kid from signing_key`).toHaveLength(1);
    for (const one of instances) expect(await one.find(keys[0]?.kid)).not.toBeNull();
  });

  test("a new key takes over after 90 days and the old one still checks", async () => {
    // Other tests lived in later years.
    await test_.database.sql`delete from signing_key`;
    const keys = new SigningKeys({ database: test_.database, clock, random: systemRandom });
    const old = await keys.current();
    clock.pass(90 * DAY);
    const young = await keys.current();
    expect(young.kid).not.toBe(old.kid);
    expect(await keys.find(old.kid)).not.toBeNull();
  });
});
