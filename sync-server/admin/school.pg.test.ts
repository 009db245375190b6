import type { AuditCheck, AuditPage, Health } from "@mochila/shared/admin/school.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeAudit } from "../audit/audit.ts";
import { sealAudit } from "../audit/audit-sealer.ts";
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
  const health = createHealth({ database, clock, sendsLetters: true, reports: () => "ready", countWaitingEvents: () => Promise.resolve(7), feedHeldBackSeconds: () => Promise.resolve(1.25) });
  ({ app } = openTestUsers({ database, clock, more: () => schoolRoutes({ database, clock, health }) }));
  [admin, student] = [await tokenOf("administrator"), await tokenOf("student")];
});
afterAll(() => test_.drop());

const send = async (token: string, method: string, path: string, body?: unknown): Promise<Response> => {
  clock.pass(1_000);
  return testSend(app, `/api/admin/${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
};

test("only administrators", async () => {
  for (const [method, path] of [["GET", "settings"], ["PATCH", "settings"], ["GET", "health"], ["GET", "audit"], ["POST", "audit/verify"]] as const) {
    expect(await codeOf(await send(student, method, path, method === "GET" ? undefined : {}))).toBe("forbidden");
  }
});

test("a setting holds at once and stands in the log, once, with what it was", async () => {
  expect(await (await send(admin, "GET", "settings")).json()).toEqual({ signUp: "closed" });
  for (let twice = 0; twice < 2; twice += 1) expect(await (await send(admin, "PATCH", "settings", { signUp: "open" })).json()).toEqual({ signUp: "open" });
  expect(await (await testSend(app, "/api/door", {})).json()).toEqual({ signUp: "open" });
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
  const health = (await (await send(admin, "GET", "health")).json()) as Health;
  expect(health).toMatchObject({ letters: { waiting: 0, refused: 0, givenUp: 0, sends: true }, events: { waiting: 7, reports: "ready" }, feedHeldBackMs: 1_250, audit: { waiting: 0 } });
  expect(health.storage.databaseBytes).toBeGreaterThan(1_000_000);
  expect(health.versions.migration).toMatch(/^\d{4}_/);
});
