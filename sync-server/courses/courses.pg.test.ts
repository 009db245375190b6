import { afterAll, beforeAll, expect, test } from "vitest";
import { courseScope, staffScope } from "@mochila/shared/access/scope.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { loadActor } from "../access/actor.ts";
import { createTestSchool, type TestSchool } from "./test-school.ts";

let school: TestSchool;
let ana: string;
let luis: string;
let sofia: string;
let admin: string;

const post = (who: string | null, path: string, body: unknown): Promise<Response> =>
  school.request(who, "POST", path, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const roleOf = async (who: string, course: string): Promise<string | undefined> => (await loadActor(school.database.sql, who)).courses.get(course);
const scopesOf = async (who: string): Promise<string[]> =>
  (await school.database.sql<{ name: string }[]>`select name from user_scope join scope on scope.id = scope_id where user_id = ${who} and to_xid is null`).map(({ name }) => name);

beforeAll(async () => {
  school = await createTestSchool();
  ana = await school.person("ana@x.org", "instructor");
  luis = await school.person("luis@x.org", "instructor");
  sofia = await school.person("sofia@x.org");
  admin = await school.person("admin@x.org", "administrator");
});
afterAll(() => school.close());

test("an instructor begins a course, as a draft with herself in it; the same request again makes no second", async () => {
  const id = newId();
  for (let tries = 0; tries < 2; tries += 1) {
    const answer = await post(ana, "/api/courses", { id, title: { es: "Agua" }, languages: ["es"] });
    expect([answer.status, await answer.json()]).toEqual([200, { id }]);
  }
  expect(await roleOf(ana, id)).toBe("instructor");
  expect(await scopesOf(ana)).toEqual(expect.arrayContaining([courseScope(id), staffScope(id)]));
  const [row] = await school.database.sql<{ body: unknown }[]>`select body from doc_courses where id = ${id}`;
  expect(row?.body).toMatchObject({ state: "draft", title: { es: "Agua" } });
  expect((await post(luis, "/api/courses", { id, title: { en: "Mine" }, languages: ["en"] })).status).toBe(403);
  expect(await roleOf(luis, id)).toBeUndefined();
});

test("students begin none, nobody is nobody, and what has no title is no course", async () => {
  expect((await post(sofia, "/api/courses", { title: { en: "x" }, languages: ["en"] })).status).toBe(403);
  expect((await post(null, "/api/courses", { title: { en: "x" }, languages: ["en"] })).status).toBe(401);
  for (const body of [{ title: {}, languages: ["en"] }, { title: { en: " " }, languages: ["en"] }, { title: { en: "x" }, languages: [] }, { title: { en: "x" }, languages: ["fr"] }, { title: { en: "x" }, languages: ["en"], state: "published" }, { title: { en: "a\0b" }, languages: ["en"] }, { title: { en: "a\ud800" }, languages: ["en"] }]) {
    expect((await post(ana, "/api/courses", body)).status).toBe(400);
  }
});

test("members: added by e-mail, given another role, taken out; grants follow, devices are told", async () => {
  const course = await school.course("published", { [ana]: "instructor" });
  const members = `/api/courses/${course}/members`;
  expect((await post(ana, members, { email: "Sofia@x.org", role: "student" })).status).toBe(200);
  expect(await roleOf(sofia, course)).toBe("student");
  expect(await scopesOf(sofia)).toContain(courseScope(course));
  expect(await scopesOf(sofia)).not.toContain(staffScope(course));
  expect(school.hints).toContain(`u:${sofia}`);
  await post(ana, members, { email: "sofia@x.org", role: "assistant" });
  expect(await scopesOf(sofia)).toContain(staffScope(course));
  await post(ana, members, { email: "sofia@x.org", role: "student" });
  expect(await scopesOf(sofia)).not.toContain(staffScope(course));
  expect((await school.request(ana, "DELETE", `${members}/${sofia}`)).status).toBe(200);
  expect(await roleOf(sofia, course)).toBeUndefined();
  expect(await scopesOf(sofia)).not.toContain(courseScope(course));
  expect((await post(ana, members, { email: "nobody@x.org", role: "student" })).status).toBe(400);
});

test("a role is given to who is in the course, by who teaches it, and the last instructor keeps theirs", async () => {
  const course = await school.course("published", { [ana]: "instructor", [sofia]: "student" });
  const patch = (who: string, whom: string, role: string) => school.request(who, "PATCH", `/api/courses/${course}/members/${whom}`, { headers: { "content-type": "application/json" }, body: JSON.stringify({ role }) });
  expect((await patch(ana, sofia, "assistant")).status).toBe(200);
  expect(await scopesOf(sofia)).toContain(staffScope(course));
  expect([(await patch(sofia, sofia, "instructor")).status, (await patch(luis, sofia, "student")).status]).toEqual([403, 403]);
  for (const nobody of [luis, newId(), "x"]) expect((await patch(ana, nobody, "student")).status).toBe(403);
  expect([(await patch(ana, ana, "student")).status, (await patch(ana, sofia, "king")).status]).toEqual([400, 400]);
  expect(await roleOf(sofia, course)).toBe("assistant");
});

test("only who teaches the course, or an administrator, changes who is in it; the last instructor stays", async () => {
  const course = await school.course("published", { [ana]: "instructor", [sofia]: "student" });
  const members = `/api/courses/${course}/members`;
  for (const who of [sofia, luis]) {
    expect((await post(who, members, { email: "luis@x.org", role: "instructor" })).status).toBe(403);
    expect((await school.request(who, "DELETE", `${members}/${ana}`)).status).toBe(403);
  }
  expect((await post(admin, `/api/courses/${newId()}/members`, { email: "luis@x.org", role: "student" })).status).toBe(403);
  expect((await school.request(ana, "DELETE", `${members}/${ana}`)).status).toBe(400);
  expect((await post(ana, members, { email: "ana@x.org", role: "student" })).status).toBe(400);
  expect(await roleOf(ana, course)).toBe("instructor");
  expect((await post(admin, members, { email: "luis@x.org", role: "instructor" })).status).toBe(200);
  expect((await school.request(ana, "DELETE", `${members}/${ana}`)).status).toBe(200);
  expect(await roleOf(ana, course)).toBeUndefined();
});
