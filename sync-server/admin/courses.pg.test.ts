import type { AdminCourse, CoursesPage } from "@mochila/shared/admin/course.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol } from "../courses/enrol.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, testSend } from "../users/test-users.ts";
import { adminCourseRoutes } from "./course-routes.ts";

const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
const clock = new TestClock();
const told: string[] = [];
let app: Hono;
let hash: string;
let token: string;

beforeAll(async () => {
  test_ = await createTestDatabase();
  hash = await new Passwords().hash(password);
  ({ app } = openTestUsers({ database: test_.database, clock, more: () => adminCourseRoutes({ database: test_.database, clock, hints: { publish: (scopes) => void told.push(...scopes) } }) }));
  token = await tokenOf((await person("administrator")).email);
});
afterAll(() => test_.drop());

async function person(systemRole: "administrator" | "instructor" | "student", name = `A ${systemRole}`): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${id}@demo.school`;
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email, name, systemRole, language: "es", passwordHash: hash }));
  return { id, email };
}
async function tokenOf(email: string): Promise<string> {
  const answer = await testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
  return ((await answer.json()) as Session).accessToken;
}
async function send(method: string, path: string, body?: unknown, as = token): Promise<Response> {
  clock.pass(100);
  return testSend(app, `/api/admin/courses${path}`, { method, headers: { authorization: `Bearer ${as}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
const list = async (query: Record<string, string>) => (await (await send("GET", `?${new URLSearchParams(query).toString()}`)).json()) as CoursesPage;
async function begin(title: string): Promise<{ id: string; teacher: { id: string; email: string } }> {
  const [id, teacher] = [newId(), await person("instructor", "Ana")];
  expect((await send("POST", "", { id, title: { en: title }, languages: ["en"], instructor: teacher.email })).status).toBe(200);
  return { id, teacher };
}
const holds = async (userId: string, scope: string): Promise<boolean> =>
  (await test_.database.sql`select 1 from user_scope join scope on scope.id = scope_id where user_id = ${userId} and name = ${scope} and to_xid is null`).length > 0;

describe("courses in an administrator's hands", () => {
  test("CA1 are listed by title in pages, searched by any sign, and counted by state", async () => {
    const tag = newId();
    for (let number = 0; number < 55; number += 1) await begin(`${String(number).padStart(2, "0")} ${tag} 100%`);
    const first = await list({ search: `${tag} 100%` });
    expect([first.courses.length, first.more, first.counts]).toEqual([50, true, { all: 55, draft: 55, published: 0, archived: 0, trashed: 0 }]);
    const second = await list({ search: tag, after: first.courses.at(-1)?.id ?? "" });
    expect([second.courses.map(({ title }) => title.en?.slice(0, 2)), second.more, second.courses[0]?.instructors]).toEqual([["50", "51", "52", "53", "54"], false, ["Ana"]]);
    expect([(await list({ search: tag, state: "archived" })).courses, (await list({ search: `${tag} 100_` })).counts.all]).toEqual([[], 0]);
  });

  test("CA2 are begun for somebody who teaches them, once, and shown with their people", async () => {
    const { id, teacher } = await begin("Knots");
    const student = await person("student", "Zoë");
    await test_.database.transaction((transaction) => enrol(transaction, { courseId: id, userId: student.id, name: "Zoë", role: "student" }));
    expect((await send("POST", "", { id, title: { en: "Knots" }, languages: ["en"], instructor: teacher.email })).status).toBe(200);
    const course = (await (await send("GET", `/${id}`)).json()) as AdminCourse;
    expect(course).toMatchObject({ course: { state: "draft", students: 1, instructors: ["Ana"] }, people: [{ id: teacher.id, role: "instructor" }, { id: student.id, email: student.email, role: "student" }], more: false });
    expect(await codeOf(await send("POST", "", { id: newId(), title: { en: "K" }, languages: ["en"], instructor: "nobody@x.example" }))).toBe("invalid_input");
    expect(await codeOf(await send("POST", "", { id: newId(), title: {}, languages: ["en"], instructor: teacher.email }))).toBe("invalid_input");
    expect((await test_.database.sql<{ action: string }[]>`select action from audit_entry where object_id = ${id}`).map(({ action }) => action)).toEqual(["course.create"]);
  });

  test("CA3 are archived, put into the bin and brought back; what their students receive follows, and it is in the log", async () => {
    const { id } = await begin("Ropes");
    const student = await person("student");
    await test_.database.transaction((transaction) => enrol(transaction, { courseId: id, userId: student.id, name: "S", role: "student" }));
    const seen: boolean[] = [];
    // What was never shown to its students does not become so by being put away.
    expect([(await send("PATCH", `/${id}`, { state: "archived" })).status, await holds(student.id, `c:${id}`)]).toEqual([400, false]);
    for (const state of ["published", "archived", "trashed", "draft", "draft"]) {
      expect(await (await send("PATCH", `/${id}`, { state })).json()).toMatchObject({ course: { state } });
      seen.push(await holds(student.id, `c:${id}`));
    }
    expect([seen, told.includes(`cs:${id}`)]).toEqual([[true, true, false, false, false], true]);
    expect((await test_.database.sql<{ to: string }[]>`select details ->> 'to' as to from audit_entry where object_id = ${id} and action = 'course.state' order by id`).map(({ to }) => to)).toEqual(["published", "archived", "trashed", "draft"]);
  });

  test("CA4 are for administrators alone; one that is not there is answered alike", async () => {
    const { id, teacher } = await begin("Sails");
    const theirs = await tokenOf(teacher.email);
    for (const answer of await Promise.all([send("GET", "", undefined, theirs), send("GET", `/${id}`, undefined, theirs), send("PATCH", `/${id}`, { state: "trashed" }, theirs), send("POST", "", { id: newId(), title: { en: "X" }, languages: ["en"], instructor: teacher.email }, theirs)])) expect(answer.status).toBe(403);
    for (const one of [newId(), "x"]) for (const answer of [await send("GET", `/${one}`), await send("PATCH", `/${one}`, { state: "draft" })]) expect(await codeOf(answer)).toBe("forbidden");
  });
});
