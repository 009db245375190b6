import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import type { AuditCheck, AuditPage, Health } from "@mochila/shared/admin/school.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditEntry, fromCommandLine, writeAudit, writeAuditEach } from "../audit/audit.ts";
import { sealAudit } from "../audit/audit-sealer.ts";
import { createCourse } from "../courses/create-course.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, testSend } from "../users/test-users.ts";
import { createHealth } from "./health.ts";
import { schoolRoutes } from "./school-routes.ts";

const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
const clock = new TestClock();
let app: Hono;
let admin: string;
let student: string;

async function tokenOf(systemRole: "administrator" | "student"): Promise<string> {
  const id = newId();
  const passwordHash = await new Passwords().hash(password);
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email: `${id}@demo.school`, name: `The ${systemRole}`, systemRole, language: "en", passwordHash }));
  const answer = await testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: `${id}@demo.school`, password }) });
  return ((await answer.json()) as Session).accessToken;
}

beforeAll(async () => {
  test_ = await createTestDatabase();
  const { database } = test_;
  const health = createHealth({ database, clock, dataDir: tmpdir(), sendsLetters: true, reports: () => "ready", countWaitingEvents: () => Promise.resolve(7), feedHeldBackSeconds: () => Promise.resolve(1.25) });
  ({ app } = openTestUsers({ database, clock, more: () => schoolRoutes({ database, clock, health }) }));
  [admin, student] = [await tokenOf("administrator"), await tokenOf("student")];
});
afterAll(() => test_.drop());

const send = async (token: string, method: string, path: string, body?: unknown): Promise<Response> => {
  clock.pass(1_000);
  return testSend(app, `/api/admin/${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
};

test("only administrators", async () => {
  for (const [method, path] of [["GET", "settings"], ["PATCH", "settings"], ["GET", "health"], ["GET", "audit"], ["POST", "audit/verify"], ["POST", "audit/export"]] as const) {
    expect(await codeOf(await send(student, method, path, method === "GET" ? undefined : {}))).toBe("forbidden");
  }
});

test("a setting holds at once and stands in the log, once, with what it was", async () => {
  expect(await (await send(admin, "GET", "settings")).json()).toEqual({ signUp: "closed", invitations: "administrators", secondFactor: "optional" });
  for (let twice = 0; twice < 2; twice += 1) expect(await (await send(admin, "PATCH", "settings", { signUp: "open" })).json()).toEqual({ signUp: "open", invitations: "instructors", secondFactor: "optional" });
  expect(await (await testSend(app, "/api/door", {})).json()).toEqual({ signUp: "open", letters: "mail" });
  expect((await send(admin, "PATCH", "settings", { signUp: "sometimes" })).status).toBe(400);
  const { lines } = (await (await send(admin, "GET", "audit")).json()) as AuditPage;
  expect(lines.filter(({ action }) => action === "setting.change")).toMatchObject([{ by: "The administrator", about: null, details: { from: "closed", to: "open" } }]);
});

test("AU1 the log comes newest first, page by page, with the names of now, and its chain is checked", async () => {
  const person = newId();
  await test_.database.transaction(async (transaction) => {
    await createPerson(transaction, { id: person, email: `${person}@demo.school`, name: "Nora", systemRole: "student", language: "en", passwordHash: null });
    for (let number = 0; number < 60; number += 1) await writeAudit(transaction, { clock }, { by: { userId: null }, action: "person.reset", object: { kind: "person", id: person }, details: { number } });
  });
  const page = async (query: Record<string, string>) => (await (await send(admin, "GET", `audit?${new URLSearchParams(query).toString()}`)).json()) as AuditPage;
  const first = await page({ person });
  const second = await page({ person, before: first.lines.at(-1)?.id ?? "" });
  expect([first.lines.length, first.more, second.lines.length, second.more]).toEqual([50, true, 10, false]);
  expect([...first.lines, ...second.lines].map(({ details }) => details["number"])).toEqual(Array.from({ length: 60 }, (_, number) => 59 - number));
  expect(first.lines[0]).toMatchObject({ by: null, about: "Nora" });
  expect((await send(admin, "GET", "audit?before=1;drop")).status).toBe(400);
  while ((await sealAudit(test_.database)) > 0);
  const check = (await (await send(admin, "POST", "audit/verify", {})).json()) as AuditCheck;
  expect(check).toMatchObject({ whole: true, waiting: 0, position: null });
  expect(check.links).toBeGreaterThan(60);
});

test("the machine's figures are those of the database", async () => {
  // The same bytes twice take their room once.
  for (const [content, bytes] of [["a", 100], ["a", 100], ["b", 50]] as const) await test_.database.sql`insert into file_ref (id, course_id, scope, hash, name, type, bytes, sent_bytes) values (gen_random_uuid(), gen_random_uuid(), 'c', sha256(${content}::bytea), 'x', 'image/png', ${bytes}, ${bytes})`;
  const health = (await (await send(admin, "GET", "health")).json()) as Health;
  expect(health).toMatchObject({ letters: { waiting: 0, refused: 0, givenUp: 0, sends: true }, events: { waiting: 7, reports: "ready" }, feedHeldBackMs: 1_250, audit: { waiting: 0 } });
  expect(health.storage.databaseBytes).toBeGreaterThan(1_000_000);
  expect(health.storage.filesBytes).toBe(150);
  expect(health.versions.migration).toMatch(/^\d{4}_/);
});

test("AU3 the log is searched by whom, what and when, page by page", async () => {
  const search = async (query: string) => (await (await send(admin, "GET", `audit?${query}`)).json()) as AuditPage;
  const settings = await search("action=setting.change");
  expect(settings.lines.length).toBeGreaterThan(0);
  expect(settings.lines.every(({ action }) => action === "setting.change")).toBe(true);
  expect((await search("who=the%20admin&action=setting.change")).lines).toEqual(settings.lines);
  expect((await search("who=nobody%25")).lines).toEqual([]);
  const [first] = settings.lines;
  expect((await search(`action=setting.change&from=${String(first?.at)}&to=${String((first?.at ?? 0) + 1)}`)).lines.map(({ id }) => id)).toContain(first?.id);
  expect((await search("to=1000")).lines).toEqual([]);
  expect((await send(admin, "GET", "audit?action=nonsense")).status).toBe(400);
});

test("AU3 the log is saved: each line can be checked outside, a table runs nothing, and the saving itself is in the log", async () => {
  const { sql, transaction } = test_.database;
  const dangerous = newId();
  await sql`insert into person (id, email, name, system_role) values (${dangerous}, ${`${dangerous}@demo.school`}, '=HYPERLINK("x"),', 'student')`;
  await transaction((tx) => writeAudit(tx, { clock }, { by: { userId: dangerous, network: "10.0.0.0/24" }, action: "sign-in", object: { kind: "person", id: dangerous } }));
  while ((await sealAudit(test_.database)) > 0) continue;
  const answer = await send(admin, "POST", "audit/export", { format: "lines" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
  const lines = (await answer.text()).trim().split("\n").map((line) => JSON.parse(line) as { entry: string; before: string; hash: string | null });
  const chained = lines.filter(({ hash }) => hash !== null).sort((a, b) => Number((JSON.parse(a.entry) as string[])[0]) - Number((JSON.parse(b.entry) as string[])[0]));
  let before = "0".repeat(64);
  for (const line of chained) {
    expect(line.before).toBe(before);
    expect(createHash("sha256").update(Buffer.from(line.before, "hex")).update(line.entry).digest("hex")).toBe(line.hash);
    before = line.hash ?? "";
  }
  expect(chained.length).toBeGreaterThan(2);
  const csv = await (await send(admin, "POST", "audit/export", { format: "csv", person: dangerous })).text();
  expect(csv.split("\r\n")[1]).toContain(`"'=HYPERLINK(""x""),"`);
  const tables = await Promise.all([{ language: "es" }, {}].map(async (more) => (await send(admin, "POST", "audit/export", { format: "csv", person: dangerous, ...more })).arrayBuffer()));
  const rows = tables.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\r\n").slice(0, 2).map((line) => line.split(",").slice(2, 4)));
  // The mark in front, by which a table program reads accents.
  expect(new Uint8Array(tables[0] ?? new ArrayBuffer()).slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
  expect(rows).toEqual([[["action", "actionInWords"], ["sign-in", "Entrada"]], [["action", "actionInWords"], ["sign-in", "Signed in"]]]);
  const { lines: exports } = (await (await send(admin, "GET", "audit?action=audit.export")).json()) as AuditPage;
  expect(exports).toMatchObject([{ details: { format: "csv", filters: "person" } }, { details: { format: "csv", filters: "person" } }, { details: { format: "csv", filters: "person" } }, { details: { format: "lines", filters: "" } }]);
});

test("AU4 two of one name are told apart by their e-mails, in a line and in both files; who is gone has none", async () => {
  const { sql, transaction } = test_.database;
  const [one, other, gone] = [newId(), newId(), newId()];
  for (const id of [one, other, gone]) await transaction((tx) => createPerson(tx, { id, email: `${id}@demo.school`, name: "Nora", systemRole: "student", language: "en", passwordHash: null }));
  await sql`update person set state = 'closed' where id = ${gone}`;
  await transaction((tx) => writeAuditEach(tx, { clock }, [
    { by: { userId: one }, action: "person.role", object: { kind: "person", id: other } },
    { by: { userId: gone, realUserId: other }, action: "person.act-end", object: { kind: "person", id: gone } },
  ]));
  const { lines } = (await (await send(admin, "GET", `audit?person=${other}`)).json()) as AuditPage;
  expect(lines.map(({ by, byEmail, about, aboutEmail }) => [by, byEmail, about, aboutEmail])).toEqual([["Nora", `${other}@demo.school`, "Nora", null], ["Nora", `${one}@demo.school`, "Nora", `${other}@demo.school`]]);
  const [heads, row] = (await (await send(admin, "POST", "audit/export", { format: "csv", person: one })).text()).split("\r\n").map((line) => line.split(","));
  expect(["by", "byEmail", "about", "aboutEmail"].map((name) => row?.[heads?.indexOf(name) ?? -1])).toEqual(["Nora", `${one}@demo.school`, "Nora", `${other}@demo.school`]);
  const chained = await (await send(admin, "POST", "audit/export", { format: "lines", person: one })).text();
  expect(JSON.parse(chained.trim())).toMatchObject({ by: "Nora", byEmail: `${one}@demo.school`, about: "Nora", aboutEmail: `${other}@demo.school` });
});

test("AU3 AU4 is found by parts of a name or an e-mail, with accents or without; a line says who acted where it was no person, and which course, file and setting it is about", async () => {
  const { database } = test_;
  const tag = newId();
  const [id, courseId, importId] = [newId(), newId(), newId()];
  await database.transaction(async (transaction) => {
    await createPerson(transaction, { id, email: `zoe-${tag}@lake.example`, name: "María Zoë Núñez", systemRole: "instructor", language: "es", passwordHash: null });
    await createCourse(transaction, { course: { id: courseId, courseId, title: { en: "Knots", es: "Nudos" }, description: {}, languages: ["en"], state: "draft" }, instructor: { userId: id, name: "Z" } });
    await transaction`insert into people_import (id, file_name, state, created_at) values (${importId}, 'class.csv', 'done', now())`;
    const object = { kind: "person", id };
    const entries: Omit<AuditEntry, "object">[] = [
      { by: { userId: id }, action: "member.add", details: { course: courseId, role: "student" } }, { by: fromCommandLine, action: "person.role", details: { from: "student", to: "instructor" } },
      { by: { userId: null }, action: "member.ended", details: { course: newId() } }, { by: { userId: null, network: "192.0.2.0" }, action: "sign-in.refused", details: { what: "password", tries: 1, course: "no id" } },
    ];
    for (const entry of entries) await writeAudit(transaction, { clock }, { ...entry, object });
    await writeAuditEach(transaction, { clock }, [{ by: { userId: id }, action: "course.state", object: { kind: "course", id: courseId }, details: { from: "draft", to: "archived" } }, { by: { userId: id }, action: "people.import", object: { kind: "import", id: importId } }]);
  });
  const search = async (who: string) => ((await (await send(admin, "GET", `audit?${new URLSearchParams({ who }).toString()}`)).json()) as AuditPage).lines.toReversed();
  const lines = await search("maria nunez");
  expect(lines.map(({ action, from, by, course, file }) => [action, from, by, course?.es ?? null, file])).toEqual([
    ["member.add", "person", "María Zoë Núñez", "Nudos", null], ["person.role", "command-line", null, null, null], ["member.ended", "school", null, null, null], ["sign-in.refused", "outside", null, null, null],
    ["course.state", "person", "María Zoë Núñez", "Nudos", null], ["people.import", "person", "María Zoë Núñez", null, "class.csv"],
  ]);
  for (const who of ["MARÍA", "zoë núñ", "Zoe lake.example", `zoe-${tag}@lake.example`, "Nu\u0301n\u0303ez Maria"]) expect((await search(who)).length).toBe(6);
  for (const who of ["maria sofia", "mar%nunez", "m_ria"]) expect(await search(who)).toEqual([]);
  const settings = ((await (await send(admin, "GET", "audit?action=setting.change")).json()) as AuditPage).lines;
  expect(settings[0]?.setting).toBe("signUp");
});
