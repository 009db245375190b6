import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { SessionLine } from "@mochila/shared/users/account.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LetterName, writeLetter } from "../mail/letters.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "./password.ts";
import { createPeople } from "./create-people.ts";
import { invitePeople } from "./invite-people.ts";
import { createPerson } from "./people.ts";
import { writeSetting } from "./school-settings.ts";
import { sweepSignUps } from "./sweep-sign-ups.ts";
import { TestClock } from "./test-clock.ts";
import { codeOf, openTestUsers, TEST_ORIGIN, testSend } from "./test-users.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let app: Hono;
let email: string;

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  clock = new TestClock();
  email = `${newId()}@demo.school`;
  ({ app } = openTestUsers({ database: test_.database, clock }));
  await writeSetting(test_.database.sql, "signUp", "open", null);
});

/** Ids are in the order of their milliseconds: each request has one of its own. */
const post = (path: string, body: unknown, headers: Record<string, string> = {}) => {
  clock.pass(1);
  return testSend(app, path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
};
const signUp = (change: Record<string, unknown> = {}) => post("/api/accounts", { email, name: "Sofía", password, language: "es", ...change });
const signIn = (with_: string = password, agent = "") => post("/api/auth/login", { email, password: with_ }, { "user-agent": agent });
const tokenOf = async (answer: Response): Promise<string> => ((await answer.json()) as Session).accessToken;
const as = (token: string) => ({ authorization: `Bearer ${token}` });

interface Letter {
  readonly letter: string;
  readonly language: string;
  readonly words: { readonly name: string; readonly address?: string; readonly about?: string };
}
/** What waits to be sent to an address, oldest first. */
const letters = (to = email) => test_.database.sql<Letter[]>`select letter, language, words from mail where recipient = ${to} order by id`;
async function linkIn(purpose: string, to = email): Promise<string> {
  const last = (await letters(to)).at(-1);
  const [, found, token = ""] = new RegExp(`^${TEST_ORIGIN}/account#([a-z]+)=([\\w-]{43})$`).exec(last?.words.address ?? "") ?? [];
  expect(found).toBe(purpose);
  return token;
}
const confirm = (token: string) => post("/api/accounts/confirm", { token });
const reset = (token: string, next = "battery staple") => post("/api/auth/reset", { token, password: next });

async function member(): Promise<{ token: string; sessionId: string }> {
  await signUp();
  await confirm(await linkIn("verify"));
  const token = await tokenOf(await signIn());
  const [row] = await test_.database.sql<{ id: string }[]>`select session.id from session join person on person.id = person_id where email = ${email} order by session.id desc`;
  return { token, sessionId: row?.id ?? "" };
}

const ownerOf = (token: string) => post("/api/accounts/link", { token });

const byStaff = (id: string) => ({ id, email, name: "Sofía", systemRole: "student", language: "es" }) as const;

describe("an account", () => {
  test("U2 is made, confirmed by its letter once, and opens after that", async () => {
    expect((await signUp()).status).toBe(202);
    expect((await letters()).map(({ letter, language }) => [letter, language])).toEqual([["verify", "es"]]);
    expect([(await signIn()).status, await codeOf(await signIn())]).toEqual([403, "email_unverified"]);
    expect(await codeOf(await signIn("wrong horse"))).toBe("wrong_credentials");
    const token = await linkIn("verify");
    expect((await confirm(token)).status).toBe(204);
    expect(await codeOf(await confirm(token))).toBe("forbidden");
    expect((await signIn()).status).toBe(200);
  });

  test("U12 the door says where letters go, whoever asks", async () => {
    for (const way of ["mail", "preview", "none"] as const) {
      const { app: school } = openTestUsers({ database: test_.database, clock, letters: way });
      expect(await (await testSend(school, "/api/door", {})).json()).toEqual({ signUp: "open", letters: way });
    }
  });

  test("cannot be made where staff make them, and nothing is sent", async () => {
    await writeSetting(test_.database.sql, "signUp", "closed", null);
    expect(await codeOf(await signUp())).toBe("forbidden");
    expect(await letters()).toEqual([]);
    expect(await (await testSend(app, "/api/door", {})).json()).toEqual({ signUp: "closed", letters: "mail" });
  });

  test("U1 is not told of to others: an e-mail that has one gets the same answer and a letter, and stays as it was", async () => {
    await member();
    const again = await signUp({ password: "another password", name: "Thief" });
    expect([again.status, await again.text()]).toEqual([202, ""]);
    expect((await letters()).at(-1)).toMatchObject({ letter: "exists", words: { name: "Sofía" } });
    expect(await codeOf(await signIn("another password"))).toBe("wrong_credentials");
  });

  test("several sign-ups at once with one e-mail make one account, whichever of them is looked at first", async () => {
    for (let round = 0; round < 20; round += 1) {
      email = `${newId()}@demo.school`;
      clock.pass(3_600_000);
      const answers = await Promise.all([signUp(), signUp(), signUp()]);
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
      expect(await test_.database.sql`select 1 from person where email = ${email}`).toHaveLength(1);
    }
  });

  test("U16 a stranger chooses no word of a letter of the school: where nobody has proved the address it greets by no name", async () => {
    const name = "Win a phone: https://evil.example/prize";
    const { token } = await member();
    const other = `${newId()}@demo.school`;
    await signUp({ email: other, name });
    await post("/api/auth/login", { email: other, password });
    await post("/api/auth/forgotten", { email: other });
    await post("/api/me/email", { email: `new-${other}`, password }, as(token));
    const unproved = [...(await letters(other)), ...(await letters(`new-${other}`))];
    expect(unproved.map(({ letter }) => letter)).toEqual(["verify", "verify", "reset", "confirmEmail"]);
    for (const { letter, language, words } of unproved) expect(JSON.stringify(words) + writeLetter(letter as LetterName, language as Language, words).text).not.toMatch(/evil|Sofía/u);
    expect(writeLetter("verify", "en", { name: "" }).text).toMatch(/^Hello,\n/u);
    expect(writeLetter("verify", "es", { name: "" }).text).toMatch(/^Hola:\n/u);
    // Whose address it is for certain is greeted as before.
    await post("/api/auth/forgotten", { email });
    expect((await letters()).at(-1)).toMatchObject({ letter: "reset", words: { name: "Sofía" } });
  });

  test("U9 is what its own letter confirms: somebody else's sign-up with this e-mail, before or after, chooses neither password nor name", async () => {
    await signUp({ name: "Mallory", password: "of a thief" });
    await signUp();
    const mine = await linkIn("verify");
    await signUp({ name: "Mallory", password: "of a thief again" });
    const last = await linkIn("verify");
    expect((await confirm(mine)).status).toBe(204);
    expect([(await signIn("of a thief")).status, (await signIn("of a thief again")).status]).toEqual([401, 401]);
    expect(await (await signIn()).json()).toMatchObject({ user: { name: "Sofía" } });
    expect(await codeOf(await confirm(last))).toBe("forbidden");
    expect(await test_.database.sql`select 1 from account_link where used_at is not null and sign_up is not null`).toEqual([]);
  });

  test.each([
    ["one", () => test_.database.transaction((transaction) => createPerson(transaction, { ...byStaff(newId()), passwordHash: null }))],
    ["many", (id: string) => test_.database.transaction((transaction) => createPeople(transaction, [byStaff(id)]))],
  ])("U9 that staff make (%s of them) over a sign-up that nobody confirmed keeps nothing of it, and is opened by the invitation", async (_, make) => {
    await signUp({ name: "Mallory", password: "of a thief" });
    const theirs = await linkIn("verify");
    const [row] = await test_.database.sql<{ id: string }[]>`select id from person where email = ${email}`;
    await make(row?.id ?? "");
    await test_.database.transaction((transaction) => invitePeople(transaction, { clock, random: systemRandom, origin: TEST_ORIGIN }, [byStaff(row?.id ?? "")], "Ana"));
    expect(await codeOf(await confirm(theirs))).toBe("forbidden");
    expect((await signIn("of a thief")).status).toBe(401);
    const [invitation] = await test_.database.sql<Letter[]>`select words from mail where recipient = ${email} and letter = 'invitation'`;
    expect((await reset(invitation?.words.address?.split("=")[1] ?? "", password)).status).toBe(204);
    expect((await signIn("of a thief")).status).toBe(401);
    expect(await (await signIn()).json()).toMatchObject({ user: { id: row?.id, name: "Sofía" } });
  });

  test("U13 a link says whose account it opens, as it will be, and is not used up by that; one that opens nothing says nothing", async () => {
    await member();
    await signUp({ name: "Somebody else" });
    await post("/api/auth/forgotten", { email });
    const link = await linkIn("reset");
    expect(await (await ownerOf(link)).json()).toEqual({ name: "Sofía", email });
    expect((await reset(link)).status).toBe(204);
    const changed = `${newId()}@demo.school`;
    await post("/api/me/email", { email: changed, password: "battery staple" }, as(await tokenOf(await signIn("battery staple"))));
    expect(await (await ownerOf(await linkIn("email", changed))).json()).toEqual({ name: "Sofía", email: changed });
    const refused = await Promise.all([link, "A".repeat(43)].map(async (one) => (await ownerOf(one)).text()));
    expect(new Set(refused).size).toBe(1);
    expect(refused[0]).not.toContain("Sof");
    email = `${newId()}@demo.school`;
    await signUp({ name: "Typed at the sign-up" });
    expect(await (await ownerOf(await linkIn("verify"))).json()).toEqual({ name: "Typed at the sign-up", email });
  });

  test("a day later the link opens nothing, and a sign-in sends a new one", async () => {
    await signUp();
    const old = await linkIn("verify");
    clock.pass(DAY + 1);
    expect(await codeOf(await confirm(old))).toBe("forbidden");
    await signIn();
    expect((await confirm(await linkIn("verify"))).status).toBe(204);
  });
});

describe("a forgotten password", () => {
  test("U8 a link that opens nothing costs no hash of a password, and a flood of them ends", async () => {
    const hash = vi.spyOn(Passwords.prototype, "hash");
    await reset("A".repeat(43));
    expect(hash).not.toHaveBeenCalled();
    hash.mockRestore();
    const codes = new Set<string>();
    for (let tries = 0; tries < 70; tries += 1) codes.add(await codeOf(await reset("A".repeat(43))));
    expect([...codes]).toEqual(["forbidden", "too_many_requests"]);
    // One of the class plays with links: the others of their address come in all the same, and what opens is not counted.
    await member();
    await post("/api/auth/forgotten", { email });
    const link = await linkIn("reset");
    for (let look = 0; look < 70; look += 1) expect((await ownerOf(link)).status).toBe(200);
    expect((await reset(link)).status).toBe(204);
    await test_.database.sql`delete from rate_bucket where name like 'links network %'`;
  });

  test("U4 is chosen anew by the letter: once, within half an hour; every device is signed out, nobody is signed in", async () => {
    const { token } = await member();
    expect((await post("/api/auth/forgotten", { email })).status).toBe(202);
    const link = await linkIn("reset");
    const answer = await reset(link);
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([204, null]);
    expect(await codeOf(await testSend(app, "/api/me", { headers: as(token) }))).toBe("session_ended");
    expect([(await signIn()).status, (await signIn("battery staple")).status]).toEqual([401, 200]);
    expect(await codeOf(await reset(link, "a third password"))).toBe("forbidden");
    expect((await letters()).at(-1)?.letter).toBe("passwordChanged");
    const audited = await test_.database.sql<{ action: string }[]>`select action from audit_entry where object_id = (select id::text from person where email = ${email}) order by id`;
    expect(audited.map(({ action }) => action)).toEqual(["email.confirm", "sign-in", "password.reset", "sign-in.refused", "sign-in"]);
  });

  test("U1 nobody is told whether somebody has this e-mail, and nothing is sent to who has none", async () => {
    const stranger = `${newId()}@demo.school`;
    const answer = await post("/api/auth/forgotten", { email: stranger });
    expect([answer.status, await answer.text()]).toEqual([202, ""]);
    expect(await letters(stranger)).toEqual([]);
  });

  test.each([
    ["after half an hour", () => Promise.resolve(clock.pass(30 * MINUTE + 1))],
    ["after a newer one", () => post("/api/auth/forgotten", { email })],
    ["after another password", async () => post("/api/me/password", { current: password, password: "a new password" }, as(await tokenOf(await signIn())))],
    ["of somebody who was suspended", () => test_.database.sql`update person set state = 'suspended' where email = ${email}`],
    ["of another purpose", () => test_.database.sql`update account_link set purpose = 'verify' where person_id = (select id from person where email = ${email}) and used_at is null`],
  ])("U2 a link %s opens nothing", async (_, happens) => {
    await member();
    await post("/api/auth/forgotten", { email });
    const link = await linkIn("reset");
    await happens();
    expect(await codeOf(await reset(link))).toBe("forbidden");
  });

  test("of two that use one link at once, one wins", async () => {
    await member();
    await post("/api/auth/forgotten", { email });
    const link = await linkIn("reset");
    const statuses = await Promise.all([reset(link, "first password"), reset(link, "second password")].map(async (answer) => (await answer).status));
    expect(statuses.toSorted()).toEqual([204, 403]);
  });

  test("U3 proves the e-mail of an account that was never confirmed: a locked-out person can always come in", async () => {
    await signUp();
    await post("/api/auth/forgotten", { email });
    await reset(await linkIn("reset"));
    expect((await signIn("battery staple")).status).toBe(200);
  });

  test("U8 three letters an hour to one address, whoever asks", async () => {
    await member();
    const ask = async () => (await post("/api/auth/forgotten", { email })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([202, 202, 429]);
    clock.pass(20 * MINUTE);
    expect(await ask()).toBe(202);
  });

  test("U8 nor do more go by signing in to an account that nobody has confirmed, whose tries are counted", async () => {
    await signUp();
    const codes: string[] = [];
    for (let tries = 0; tries < 6; tries += 1) codes.push(await codeOf(await signIn()));
    expect(codes).toEqual([...Array<string>(5).fill("email_unverified"), "too_many_requests"]);
    expect(await letters()).toHaveLength(3);
    // The newest of them opens the door.
    expect((await confirm(await linkIn("verify"))).status).toBe(204);
  });
});

describe("a person's own account", () => {
  test("U4 a new password needs the old one, ends the other devices and keeps this one", async () => {
    const { token } = await member();
    const elsewhere = await tokenOf(await signIn());
    expect(await codeOf(await post("/api/me/password", { current: "wrong horse", password: "battery staple" }, as(token)))).toBe("wrong_credentials");
    expect((await post("/api/me/password", { current: password, password: "battery staple" }, as(token))).status).toBe(204);
    expect((await testSend(app, "/api/me", { headers: as(token) })).status).toBe(200);
    clock.pass(6_000);
    expect((await testSend(app, "/api/me", { headers: as(elsewhere) })).status).toBe(401);
  });

  test("U10 the same password, and one that is guessed first, are refused wherever one is chosen, and change nothing", async () => {
    const problemOf = async (answer: Response) => ((await answer.json()) as { error: { code: string; details?: { problem?: string } } }).error;
    expect(await problemOf(await signUp({ password: "12345678" }))).toMatchObject({ code: "invalid_input", details: { field: "password", problem: "common" } });
    expect(await letters()).toEqual([]);
    const { token } = await member();
    const change = (next: string, current = password) => post("/api/me/password", { current, password: next }, as(token));
    const before = await letters();
    expect(await problemOf(await change(password))).toMatchObject({ details: { problem: "same" } });
    expect(await problemOf(await change(email))).toMatchObject({ details: { problem: "own" } });
    expect(await problemOf(await change(password, "wrong horse"))).toMatchObject({ code: "wrong_credentials" });
    expect(await letters()).toEqual(before);
    await post("/api/auth/forgotten", { email });
    const link = await linkIn("reset");
    expect(await problemOf(await reset(link, "Password1"))).toMatchObject({ details: { problem: "common" } });
    expect([(await reset(link)).status, (await signIn("battery staple")).status]).toEqual([204, 200]);
  });

  test("U9 a new e-mail is whose letter confirms it, whoever signed up with it before or after; a sign-up that was confirmed stays", async () => {
    const { token } = await member();
    const mine = email;
    const ask = (to: string) => post("/api/me/email", { email: to, password }, as(token));
    const [before, after, confirmed] = [`${newId()}@demo.school`, `${newId()}@demo.school`, `${newId()}@demo.school`];
    email = before;
    await signUp({ name: "Mallory" });
    const theirs = await linkIn("verify");
    await ask(before);
    expect((await confirm(await linkIn("email", before))).status).toBe(204);
    expect([await codeOf(await confirm(theirs)), await codeOf(await signIn("of a thief"))]).toEqual(["forbidden", "wrong_credentials"]);
    expect((await signIn()).status).toBe(200);
    await ask(after);
    const link = await linkIn("email", after);
    email = after;
    await signUp({ name: "Mallory" });
    expect((await confirm(link)).status).toBe(204);
    await ask(confirmed);
    const late = await linkIn("email", confirmed);
    email = confirmed;
    await signUp({ name: "Nora" });
    await confirm(await linkIn("verify"));
    expect(await codeOf(await confirm(late))).toBe("forbidden");
    expect(await test_.database.sql`select 1 from person where email = any(${[mine, before, after, confirmed]})`).toHaveLength(2);
  });

  test("a sign-up that nobody has confirmed is gone a month later, and nobody else with it", async () => {
    await signUp();
    const unconfirmed = email;
    email = `${newId()}@demo.school`;
    await member();
    await test_.database.sql`update person set created_at = ${new Date(clock.now() - 31 * DAY)} where email = any(${[unconfirmed, email]})`;
    const left = async () => (await test_.database.sql<{ email: string }[]>`select email from person where email = any(${[unconfirmed, email]})`).map((one) => one.email);
    await sweepSignUps(test_.database.sql, clock.now());
    expect((await left()).toSorted()).toEqual([unconfirmed, email].toSorted());
    clock.pass(DAY + 1);
    await sweepSignUps(test_.database.sql, clock.now());
    expect(await left()).toEqual([email]);
  });

  test("U5 a new e-mail is confirmed at the new place, told at the old one, and stands only then", async () => {
    const { token } = await member();
    const next = `${newId()}@demo.school`;
    expect(await codeOf(await post("/api/me/email", { email: next, password: "wrong horse" }, as(token)))).toBe("wrong_credentials");
    expect((await post("/api/me/email", { email: next, password }, as(token))).status).toBe(202);
    expect((await signIn()).status).toBe(200);
    expect((await confirm(await linkIn("email", next))).status).toBe(204);
    expect((await letters()).at(-1)).toMatchObject({ letter: "emailChanged", words: { about: next } });
    expect([(await signIn()).status, (await post("/api/auth/login", { email: next, password })).status]).toEqual([401, 200]);
  });

  test("an e-mail that somebody else has is asked nothing, and the answer does not tell", async () => {
    await member();
    const taken = email;
    email = `${newId()}@demo.school`;
    const { token } = await member();
    const before = (await letters(taken)).length;
    expect((await post("/api/me/email", { email: taken, password }, as(token))).status).toBe(202);
    expect((await letters(taken)).length).toBe(before);
  });

  test("U6 devices are listed by what they are, and ended one by one or all the others", async () => {
    const { token, sessionId } = await member();
    const phone = await tokenOf(await signIn(password, "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"));
    const list = async () => ((await (await testSend(app, "/api/me/sessions", { headers: as(token) })).json()) as { sessions: SessionLine[] }).sessions;
    expect((await list()).map(({ device, current }) => [device, current]).toSorted()).toEqual([["", true], ["Chrome, Android", false]]);
    const other = (await list()).find(({ current }) => !current)?.id ?? "";
    const end = (path: string, by = token) => testSend(app, path, { method: "DELETE", headers: as(by) });
    // Somebody else's, and what does not exist.
    email = `${newId()}@demo.school`;
    const stranger = await member();
    for (const id of [other, newId(), "x"]) expect(await codeOf(await end(`/api/me/sessions/${id}`, stranger.token))).toBe("forbidden");
    expect((await end(`/api/me/sessions/${other}`)).status).toBe(204);
    expect((await testSend(app, "/api/me", { headers: as(phone) })).status).toBe(401);
    expect((await list()).map(({ id }) => id)).toEqual([sessionId]);
    expect((await end("/api/me/sessions")).status).toBe(204);
    expect((await testSend(app, "/api/me", { headers: as(token) })).status).toBe(200);
  });
});
