import type { ChangedPerson, LinkSent, PeoplePage, PersonLine } from "@mochila/shared/admin/person.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { cellsAsReadBy, isFormula, tablePrograms } from "@mochila/shared/kernel/test-table-program.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { readTable } from "../imports/read-table.ts";
import { makeProvePassword } from "../users/own-password.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, TEST_ORIGIN, testSend } from "../users/test-users.ts";
import { InvitationLinks } from "./invitation-links.ts";
import { adminRoutes } from "./routes.ts";
import { PersonActions } from "./person-actions.ts";

const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let app: Hono;
let hash: string;

beforeAll(async () => {
  test_ = await createTestDatabase();
  hash = await new Passwords().hash(password);
});
afterAll(() => test_.drop());
beforeEach(async () => {
  clock = new TestClock();
  const { database } = test_;
  app = openSchool(true);
  await database.sql`delete from person where id not in (select person_id from session)`;
  await database.sql`update person set state = 'suspended'`;
});

function openSchool(handsOnLinks: boolean): Hono {
  const { database } = test_;
  return openTestUsers({
    database, clock,
    more: ({ accounts, factors }) => adminRoutes({ database, clock, links: new InvitationLinks({ database, clock, random: systemRandom, origin: TEST_ORIGIN, handsOnLinks }), sendsLetters: !handsOnLinks, people: new PersonActions({ database, clock, random: systemRandom, hints: { publish: () => undefined }, accounts, factors, provePassword: makeProvePassword({ database, clock, accounts }), handsOnLinks }) }),
  }).app;
}

type Role = "administrator" | "instructor" | "student";

async function person(systemRole: Role, name = `A ${systemRole}`): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${id}@demo.school`;
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email, name, systemRole, language: "es", passwordHash: hash }));
  return { id, email };
}
const send = async (token: string, method: string, path: string, body?: unknown): Promise<Response> => {
  clock.pass(1);
  return testSend(app, `/api/admin/people${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
};
const login = (email: string, with_ = password) => testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password: with_ }) });
const tokenOf = async (email: string): Promise<string> => ((await (await login(email)).json()) as Session).accessToken;
const me = (token: string) => testSend(app, "/api/me", { headers: { authorization: `Bearer ${token}` } });
const audited = async (id: string): Promise<string[]> => (await test_.database.sql<{ action: string }[]>`select action from audit_entry where object_id = ${id} order by id`).map(({ action }) => action);

async function administrator(): Promise<{ id: string; token: string }> {
  const { id, email } = await person("administrator");
  return { id, token: await tokenOf(email) };
}

describe("accounts in an administrator's hands", () => {
  test("nobody else sees or changes anybody", async () => {
    const victim = await person("student");
    for (const role of ["instructor", "student"] as const) {
      const token = await tokenOf((await person(role)).email);
      const tries = [send(token, "GET", ""), send(token, "POST", "", { email: "x@y.z", name: "X", systemRole: "administrator", language: "en" }), send(token, "PATCH", `/${victim.id}`, { systemRole: "administrator" }), send(token, "POST", `/${victim.id}/reset`), send(token, "DELETE", `/${victim.id}/sessions`)];
      for (const answer of await Promise.all(tries)) expect([answer.status, await codeOf(answer)]).toEqual([403, "forbidden"]);
    }
    expect((await testSend(app, "/api/admin/people", {})).status).toBe(401);
    expect(await audited(victim.id)).toEqual([]);
  });

  test("stand by the letters of their names and are found by words of them, whatever accents and capitals", async () => {
    const { token } = await administrator();
    const tag = newId();
    for (const name of ["Zoe", "ángel Núñez", "Bea", "Ángela Ríos", "andrés"]) await person("student", `${name} ${tag}`);
    const names = async (search: string) => ((await (await send(token, "GET", `?${new URLSearchParams({ search }).toString()}`)).json()) as PeoplePage).people.map(({ name }) => name.replace(` ${tag}`, ""));
    expect(await names(tag)).toEqual(["andrés", "ángel Núñez", "Ángela Ríos", "Bea", "Zoe"]);
    expect(await names(`nunez ANGEL ${tag}`)).toEqual(["ángel Núñez"]);
    expect(await names(`a\u0301ngela ${tag}`)).toEqual(["Ángela Ríos"]);
    expect(await names(`angel zoe ${tag}`)).toEqual([]);
    const plan = await test_.database.transaction(async (transaction) => {
      await transaction`set local enable_seqscan = off`;
      return transaction<{ "QUERY PLAN": string }[]>`explain select id from person where state <> 'closed' order by name_key, id limit 51`;
    });
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/using person_name\b/);
  });

  test("are listed by name in pages, searched by any sign, and counted by role", async () => {
    const { token } = await administrator();
    const tag = newId();
    for (let number = 0; number < 60; number += 1) await person(number % 3 === 0 ? "instructor" : "student", `Z${String(number).padStart(2, "0")} ${tag} 100%_`);
    const list = async (query: Record<string, string>) => (await (await send(token, "GET", `?${new URLSearchParams(query).toString()}`)).json()) as PeoplePage;
    const first = await list({ search: tag });
    expect([first.people.length, first.more, first.counts]).toEqual([50, true, { all: 60, administrator: 0, instructor: 20, student: 40 }]);
    const second = await list({ search: tag, after: first.people.at(-1)?.id ?? "" });
    expect([...first.people, ...second.people].map(({ name }) => name.slice(0, 3))).toEqual(Array.from({ length: 60 }, (_, number) => `Z${String(number).padStart(2, "0")}`));
    expect([second.more, (await list({ search: tag, role: "instructor" })).people.length, (await list({ search: `${tag} 100%_` })).counts.all, (await list({ search: `${tag} 100__` })).counts.all]).toEqual([false, 20, 60, 0]);
    expect((await list({ search: tag, state: "suspended" })).counts.all).toBe(0);
  });

  test("are made with an invitation by which their person chooses a password; an e-mail that is taken is said", async () => {
    const { id: adminId, token } = await administrator();
    const email = `${newId()}@demo.school`;
    const account = { email, name: "Nora", systemRole: "instructor", language: "en" };
    const made = (await (await send(token, "POST", "", account)).json()) as PersonLine & { link: string };
    expect(made).toMatchObject({ email, canSignIn: false, sentTo: email, link: expect.stringContaining("/account#invitation=") as string });
    const [letter] = await test_.database.sql<{ words: { about: string } }[]>`select words from mail where recipient = ${email}`;
    expect(letter?.words.about).toBe("A administrator");
    expect((await testSend(app, "/api/auth/reset", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: made.link.split("=")[1], password: "battery staple" }) })).status).toBe(204);
    expect((await login(email, "battery staple")).status).toBe(200);
    expect(await codeOf(await send(token, "POST", "", account))).toBe("invalid_input");
    expect([await audited(made.id), adminId.length]).toEqual([["person.create", "password.reset", "sign-in"], 36]);
  });

  test("are invited again while they have no password, and not after", async () => {
    const { token } = await administrator();
    const made = (await (await send(token, "POST", "", { email: `${newId()}@demo.school`, name: "Nora", systemRole: "student", language: "en" })).json()) as PersonLine & { link: string };
    const { link } = (await (await send(token, "POST", `/${made.id}/invite`)).json()) as { link: string };
    const choose = (address: string) => testSend(app, "/api/auth/reset", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: address.split("=")[1], password: "battery staple" }) });
    expect([(await choose(made.link)).status, (await choose(link)).status]).toEqual([403, 204]);
    expect(await codeOf(await send(token, "POST", `/${made.id}/invite`))).toBe("invalid_input");
    expect(await audited(made.id)).toEqual(["person.create", "person.invite", "password.reset"]);
  });

  test("U14 a name is put right always, an e-mail while nobody has opened the account: a new invitation goes there, and no link of before opens anything, also after the way back", async () => {
    const { token } = await administrator();
    const [wrong, right, other] = [`${newId()}@demo.school`, `${newId()}@demo.school`, `${newId()}@demo.school`];
    const made = (await (await send(token, "POST", "", { email: wrong, name: "Nroa", systemRole: "student", language: "en" })).json()) as PersonLine & { link: string };
    const mend = async (change: object, id = made.id): Promise<ChangedPerson> => (await (await send(token, "PATCH", `/${id}`, change)).json()) as ChangedPerson;
    const choose = (link: string | null | undefined) => testSend(app, "/api/auth/reset", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: link?.split("=")[1], password: "battery staple" }) });
    const waiting = async () => (await test_.database.sql<{ recipient: string; words: { name: string } }[]>`select recipient, words from mail where person_id = ${made.id} and state = 'waiting'`).map(({ recipient, words }) => [recipient, words.name]);
    const reset = (await (await send(token, "POST", `/${made.id}/reset`, { password })).json()) as LinkSent;
    const line = await mend({ name: "Nora", email: right });
    expect(line).toMatchObject({ name: "Nora", email: right, canSignIn: false, sent: { sentTo: right, link: expect.stringContaining("/account#invitation=") as string, expiresAt: clock.now() + 7 * 24 * 3_600_000 } });
    expect(await waiting()).toEqual([[right, "Nora"]]);
    // What is so already is no change; a name alone sends nothing.
    expect([(await mend({ name: "Nora", email: right })).sent, (await mend({ name: "Nora N." })).sent]).toEqual([null, null]);
    const back = await mend({ email: wrong });
    for (const link of [made.link, reset.link, line.sent?.link]) expect((await choose(link)).status).toBe(403);
    const taken = await person("student");
    const answer = await send(token, "PATCH", `/${made.id}`, { name: "Nobody", email: taken.email });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "invalid_input", details: { field: "email", problem: "taken" } } }]);
    expect((await mend({ email: wrong })).name).toBe("Nora N.");
    expect((await choose(back.sent?.link)).status).toBe(204);
    const opened = await send(token, "PATCH", `/${made.id}`, { email: other });
    expect([opened.status, await opened.json()]).toMatchObject([400, { error: { code: "invalid_input", details: { field: "email", problem: "opened" } } }]);
    expect([(await mend({ name: "Nora Núñez" })).name, (await login(wrong, "battery staple")).status, (await login(other, "battery staple")).status]).toEqual(["Nora Núñez", 200, 401]);
    const log = await test_.database.sql<{ action: string; details: unknown }[]>`select action, details from audit_entry where object_id = ${made.id} order by id`;
    expect(log.map(({ action }) => action)).toEqual(["person.create", "person.reset", "person.change", "person.email", "person.invite", "person.change", "person.email", "person.invite", "password.reset", "person.change", "sign-in"]);
    expect(JSON.stringify(log.map(({ details }) => details))).not.toMatch(/demo\.school|Nora|Nroa/);
  });

  test("U14 of two accounts that get one e-mail at once one is refused; nobody who is suspended, or is not there, gets one", async () => {
    const { token } = await administrator();
    const wanted = `${newId()}@demo.school`;
    const make = async () => ((await (await send(token, "POST", "", { email: `${newId()}@demo.school`, name: "Nora", systemRole: "student", language: "en" })).json()) as PersonLine).id;
    const ids = [await make(), await make()];
    const answers = await Promise.all(ids.map((id) => send(token, "PATCH", `/${id}`, { email: wanted })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(await test_.database.sql`select 1 from person where email = ${wanted}`).toHaveLength(1);
    const third = await make();
    await send(token, "PATCH", `/${third}`, { state: "suspended" });
    expect(await codeOf(await send(token, "PATCH", `/${third}`, { email: `${newId()}@demo.school` }))).toBe("invalid_input");
    expect(await codeOf(await send(token, "PATCH", `/${newId()}`, { email: `${newId()}@demo.school` }))).toBe("forbidden");
  });

  test("leave the school as a list that an import knows again, with nothing in it that a table program would run, and it is in the log", async () => {
    const { id, token } = await administrator();
    const tag = newId();
    for (const name of [`=1+2 ${tag}`, `Ana, "Ní" ${tag}`]) await person("student", name);
    await person("instructor", `Z ${tag}`);
    const answer = await send(token, "GET", `.csv?${new URLSearchParams({ search: tag, role: "student" }).toString()}`);
    const rows = (await answer.text()).split("\r\n").map((line) => line.replace(/^[\w-]+@demo.school/, ""));
    expect([answer.headers.get("content-type"), rows]).toEqual(["text/csv; charset=utf-8", ["email,name,role,language,state", `,'=1+2 ${tag},student,es,active`, `,"Ana, ""Ní"" ${tag}",student,es,active`, ""]]);
    const [entry] = await test_.database.sql`select details from audit_entry where action = 'people.export' and actor_id = ${id}`;
    expect(entry?.["details"]).toEqual({ people: 2, searched: true, role: "student" });
  });

  test("whatever people are called, their list is run by no table program, and an import reads what they are called", async () => {
    const { token } = await administrator();
    const tag = newId();
    const names = [`Ana;"=cmd|'/C calc'!A0;x ${tag}`, `"=1+1" ${tag}`, `Bo; " "+1 ${tag}`, `'=1+1 ${tag}`, `Cy;'=1 ${tag}`].toSorted();
    for (const name of names) await person("student", name);
    const file = await (await send(token, "GET", `.csv?${new URLSearchParams({ search: tag }).toString()}`)).text();
    for (const program of tablePrograms) expect(cellsAsReadBy(program, file).filter(isFormula), JSON.stringify(program)).toEqual([]);
    expect(readTable(new TextEncoder().encode(file)).slice(1).map(({ cells }) => cells[1]).toSorted()).toEqual(names);
  });

  test("U7 a suspension signs out everywhere within 5 s and lets nobody in; it can be taken back", async () => {
    const { token } = await administrator();
    const student = await person("student");
    const theirs = await tokenOf(student.email);
    expect(await (await send(token, "PATCH", `/${student.id}`, { state: "suspended" })).json()).toMatchObject({ state: "suspended" });
    clock.pass(5_001);
    expect([(await me(theirs)).status, (await login(student.email)).status]).toEqual([401, 403]);
    await send(token, "PATCH", `/${student.id}`, { state: "active" });
    expect((await login(student.email)).status).toBe(200);
    expect(await audited(student.id)).toEqual(["sign-in", "person.suspend", "sign-in.refused", "person.resume", "sign-in"]);
  });

  test("U7 nobody changes their own rights, and a school keeps an administrator, also when two act at once", async () => {
    const one = await administrator();
    for (const change of [{ systemRole: "student" }, { state: "suspended" }]) expect(await codeOf(await send(one.token, "PATCH", `/${one.id}`, change))).toBe("invalid_input");
    const two = await administrator();
    const answers = await Promise.all([send(one.token, "PATCH", `/${two.id}`, { systemRole: "student" }), send(two.token, "PATCH", `/${one.id}`, { systemRole: "student" })]);
    expect(answers.map(({ status }) => status).toSorted()).not.toEqual([200, 200]);
    expect(await test_.database.sql`select 1 from person where system_role = 'administrator' and state = 'active'`).not.toHaveLength(0);
  });

  test("U6 a reset goes to the person's e-mail, or by hand where nothing sends letters; devices are signed out on request", async () => {
    const { token } = await administrator();
    const student = await person("student");
    const theirs = await tokenOf(student.email);
    expect(await (await send(token, "POST", `/${student.id}/reset`, { password })).json()).toMatchObject({ sentTo: student.email, link: expect.stringContaining("/account#reset=") as string });
    expect((await me(theirs)).status).toBe(200);
    expect((await send(token, "DELETE", `/${student.id}/sessions`)).status).toBe(204);
    clock.pass(5_001);
    expect((await me(theirs)).status).toBe(401);
    for (const id of [newId(), "x"]) expect(await codeOf(await send(token, "POST", `/${id}/reset`, { password }))).toBe("forbidden");
  });

  test("U15 a link into an account is handed to who says their own password, tries counted, and never one into an administrator's; where letters go out the letter goes to its person", async () => {
    const { token } = await administrator();
    const student = await person("student");
    const reset = (id: string, body: object = { password }) => send(token, "POST", `/${id}/reset`, body);
    const made = async () => (await test_.database.sql`select 1 from account_link where purpose = 'reset' and person_id = any(${[student.id, other.id]}::uuid[])`).length;
    const other = await administrator();
    for (const body of [{}, { password: "" }, { password, reason: "x" }]) expect(await codeOf(await reset(student.id, body))).toBe("invalid_input");
    // Who may get none is told so before their password is tried; the tries below are all there.
    for (let time = 0; time < 6; time++) expect(await codeOf(await reset(other.id, { password: "not it" }))).toBe("forbidden");
    for (let time = 0; time < 5; time++) expect(await codeOf(await reset(student.id, { password: "not it" }))).toBe("wrong_credentials");
    expect(await codeOf(await reset(student.id))).toBe("too_many_requests");
    clock.pass(60_000);
    expect(await made()).toBe(0);
    expect((await reset(student.id)).status).toBe(200);
    expect([await made(), await audited(other.id)]).toEqual([1, ["sign-in"]]);
    app = openSchool(false);
    for (const { id } of [student, other]) expect(await (await reset(id, {})).json()).toMatchObject({ link: null });
    expect(await made()).toBe(3);
  });

  test("U15 a link that was made for a student opens nothing once they are an administrator", async () => {
    const { token } = await administrator();
    const student = await person("student");
    const { link } = (await (await send(token, "POST", `/${student.id}/reset`, { password })).json()) as LinkSent;
    expect((await send(token, "PATCH", `/${student.id}`, { systemRole: "administrator" })).status).toBe(200);
    expect(await codeOf(await testSend(app, "/api/auth/reset", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: link?.split("=")[1], password: "battery staple" }) }))).toBe("forbidden");
  });

  test("U2 a password link that is handed on opens for a day, whoever asks for a letter meanwhile; one that is used ends both, and a newer one the older", async () => {
    const { token } = await administrator();
    const student = await person("student");
    const post = (path: string, body: unknown) => testSend(app, path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const make = async (): Promise<LinkSent> => (await (await send(token, "POST", `/${student.id}/reset`, { password })).json()) as LinkSent;
    const use = (link: string | null | undefined, chosen: string) => post("/api/auth/reset", { token: link?.split("=")[1], password: chosen });
    const ask = async (): Promise<string | undefined> => {
      clock.pass(1_000);
      expect((await post("/api/auth/forgotten", { email: student.email })).status).toBe(202);
      const [letter] = await test_.database.sql<{ address: string }[]>`select words ->> 'address' as address from mail where recipient = ${student.email} and letter = 'reset' order by id desc limit 1`;
      return letter?.address;
    };
    const older = await make();
    const newer = await make();
    expect(newer.expiresAt - clock.now()).toBe(24 * 3_600_000);
    const letter = await ask();
    expect(await codeOf(await use(older.link, "battery staple"))).toBe("forbidden");
    expect((await use(newer.link, "battery staple")).status).toBe(204);
    for (const link of [newer.link, letter]) expect(await codeOf(await use(link, "third password"))).toBe("forbidden");
    const other = await make();
    expect((await use(await ask(), "third password")).status).toBe(204);
    expect(await codeOf(await use(other.link, "fourth password"))).toBe("forbidden");
    const late = await make();
    const old = await ask();
    clock.pass(24 * 3_600_000 - 2_000);
    expect(await codeOf(await use(old, "fourth password"))).toBe("forbidden");
    // It opens still: what is refused is the choice, and that uses no link up.
    expect(await codeOf(await use(late.link, student.email))).toBe("invalid_input");
    clock.pass(2_000);
    expect(await codeOf(await use(late.link, "fourth password"))).toBe("forbidden");
  });
});
