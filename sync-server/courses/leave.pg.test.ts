import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { courseScope } from "@mochila/shared/access/scope.ts";
import type { CataloguePage, CourseEntry, CourseOffer, OwnJoins } from "@mochila/shared/courses/entry.ts";
import { loadActor } from "../access/actor.ts";
import { interleave } from "../db/test-interleaving.ts";
import { setPlaces } from "./enrol-many.ts";
import { createTestSchool, type TestSchool } from "./test-school.ts";

let school: TestSchool;
let ana: string;
const students: string[] = [];

const NOBODY_LEFT = { waited: false, left: false };
const LEFT = { waited: false, left: true };

const send = async (who: string, method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> => {
  const answer = await school.request(who, method, path, body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json() };
};
const decide = async (course: string, change: unknown): Promise<CourseEntry> => (await send(ana, "PATCH", `/api/courses/${course}/entry`, change)).json as CourseEntry;
const codeOf = async (course: string): Promise<string> => (await decide(course, { code: "new" })).code ?? "";
const join = async (who: string, request: unknown): Promise<CourseOffer> => (await send(who, "POST", "/api/join", request)).json as CourseOffer;
const leave = async (who: string, course: string): Promise<unknown> => (await send(who, "DELETE", `/api/join/${course}`)).json;
const joined = async (who: string, course: string): Promise<boolean> => ((await send(who, "GET", "/api/join")).json as OwnJoins).joined.includes(course);
const change = (who: string, course: string, body: unknown) => send(ana, "PATCH", `/api/courses/${course}/members/${who}`, body);
const takeOut = async (who: string, course: string): Promise<unknown> => (await send(ana, "DELETE", `/api/courses/${course}/members/${who}`)).json;
const roleOf = async (who: string, course: string): Promise<string | undefined> => (await loadActor(school.database.sql, who)).courses.get(course);
const endOf = async (who: string, course: string): Promise<number | null> =>
  (await school.database.sql<{ ends: number | null }[]>`select (body ->> 'endsAt')::float8 as ends from doc_members where course_id = ${course} and owner_id = ${who}`)[0]?.ends ?? null;
const audit = async (course: string): Promise<string[]> =>
  (await school.database.sql<{ action: string }[]>`select action from audit_entry where details ->> 'course' = ${course} or object_id = ${course} order by id`).map(({ action }) => action);

/** A course into which the first student came by its code. */
async function courseWith(who: string): Promise<{ course: string; code: string }> {
  const course = await school.course("published", { [ana]: "instructor" });
  const code = await codeOf(course);
  await decide(course, { open: true });
  expect(await join(who, { code })).toMatchObject({ standing: "in" });
  return { course, code };
}

beforeAll(async () => {
  school = await createTestSchool();
  ana = await school.person("ana@x.org", "instructor");
  for (let index = 0; index < 4; index += 1) students.push(await school.person(`s${index}@x.org`));
});
afterAll(() => school.close());
beforeEach(() => school.database.sql`delete from rate_bucket`);

test("EN12 who came in by themselves leaves alone and may come in again; whom staff put in stays, and who was taken out stays out", async () => {
  const [alone = "", put = "", waits = ""] = students;
  const course = await school.course("published", { [ana]: "instructor", [put]: "student" });
  const code = await codeOf(course);
  await decide(course, { seats: 2 });

  expect(await leave(alone, course)).toEqual(NOBODY_LEFT);
  await join(alone, { code });
  await join(waits, { code });
  expect([await joined(alone, course), await joined(put, course), await joined(waits, course)]).toEqual([true, false, false]);
  expect(await leave(put, course)).toEqual(NOBODY_LEFT);
  expect(await roleOf(put, course)).toBe("student");

  expect(await leave(alone, course)).toEqual(LEFT);
  expect([await roleOf(alone, course), await roleOf(waits, course)]).toEqual([undefined, "student"]);
  expect(school.hints).toContain(courseScope(course));
  expect(await joined(alone, course)).toBe(false);
  expect(await leave(alone, course)).toEqual(NOBODY_LEFT);
  expect(await audit(course)).toEqual(["course.entry", "course.entry", "member.join", "member.wait", "member.leave", "member.seat"]);

  // From the list or by the code, as if they had never been there.
  await decide(course, { seats: 3, open: true });
  expect((await send(alone, "POST", "/api/join/look", { code })).json).toMatchObject({ standing: "free" });
  const { courses } = (await send(alone, "GET", "/api/catalogue")).json as CataloguePage;
  expect(courses.find(({ courseId }) => courseId === course)?.standing).toBe("free");
  expect((await join(alone, { courseId: course })).standing).toBe("in");
  expect(await joined(alone, course)).toBe(true);

  // Who came from the waiting list came by themselves.
  expect(await leave(waits, course)).toEqual(LEFT);
  // Put in by who teaches, they are no longer there by themselves.
  await send(ana, "POST", `/api/courses/${course}/members`, { email: "s2@x.org", role: "student" });
  expect(await joined(waits, course)).toBe(false);
  // Taken out, nobody comes in again alone.
  await takeOut(alone, course);
  expect(await join(alone, { code })).toMatchObject({ standing: "ended" });
});

test("EN12 EN6 an end that staff gave is not got rid of by leaving and coming in again", async () => {
  const [sofia = ""] = students;
  const { course, code } = await courseWith(sofia);
  const ends = Date.now() + 3_600_000;
  await change(sofia, course, { endsAt: ends });
  expect(await joined(sofia, course)).toBe(false);
  expect(await leave(sofia, course)).toEqual(NOBODY_LEFT);
  expect(await join(sofia, { code })).toMatchObject({ standing: "in" });
  expect(await endOf(sofia, course)).toBe(ends);
});

test("EN12 EN6 a place that is over is left by nobody, also where nobody has come by yet to end it", async () => {
  const [sofia = ""] = students;
  const { course, code } = await courseWith(sofia);
  // By the end that the course gave: staff did nothing to the place.
  await school.database.sql`update doc_members set body = body || jsonb_build_object('endsAt', (extract(epoch from now()) * 1000)::bigint - 1) where course_id = ${course} and owner_id = ${sofia}`;
  expect(await joined(sofia, course)).toBe(false);
  expect(await leave(sofia, course)).toEqual(NOBODY_LEFT);
  for (const request of [{ code }, { courseId: course }]) expect(await join(sofia, request)).toMatchObject({ standing: "ended" });
  expect(await roleOf(sofia, course)).toBeUndefined();
});

test("EN12 another role that staff gave is not got rid of by leaving and coming in again", async () => {
  const [sofia = "", teaches = ""] = students;
  const { course, code } = await courseWith(sofia);
  await change(sofia, course, { role: "observer" });
  expect(await leave(sofia, course)).toEqual(NOBODY_LEFT);
  await join(sofia, { code });
  expect(await roleOf(sofia, course)).toBe("observer");
  // Nor does the only one who teaches leave, however they came.
  await join(teaches, { code });
  await change(teaches, course, { role: "instructor" });
  expect(await takeOut(ana, course)).toEqual({ removed: true });
  expect(await leave(teaches, course)).toEqual(NOBODY_LEFT);
  expect(await roleOf(teaches, course)).toBe("instructor");
});

test("EN12 EN10 who leaves a moment before they are taken out stays out, also where they wait for a seat again", async () => {
  const [sofia = "", luis = ""] = students;
  const { course, code } = await courseWith(sofia);
  expect(await leave(sofia, course)).toEqual(LEFT);
  expect(await takeOut(sofia, course)).toEqual({ removed: true });
  expect(await takeOut(sofia, course)).toEqual({ removed: false });
  for (const request of [{ code }, { courseId: course }]) expect(await join(sofia, request)).toMatchObject({ standing: "ended" });
  expect((await audit(course)).slice(-2)).toEqual(["member.leave", "member.remove"]);

  await join(luis, { code });
  await leave(luis, course);
  await send(ana, "POST", `/api/courses/${course}/members`, { email: "s2@x.org", role: "student" });
  await decide(course, { seats: 1 });
  expect(await join(luis, { code })).toMatchObject({ standing: "waiting" });
  expect(await takeOut(luis, course)).toEqual({ removed: true });
  expect(await decide(course, { seats: null })).toMatchObject({ waiting: [] });
  expect(await roleOf(luis, course)).toBeUndefined();
});

test("EN12 an end that an import gives at the moment in which somebody leaves stays", async () => {
  const [sofia = ""] = students;
  const { course } = await courseWith(sofia);
  const endsAt = Date.now() + 3_600_000;
  const left = await interleave(
    school.database,
    (transaction) => setPlaces(transaction, [{ courseId: course, userId: sofia, name: "", role: "student", state: "active", endsAt, isNew: false }]),
    () => leave(sofia, course),
  );
  expect([left, await endOf(sofia, course)]).toMatchObject([{ status: "fulfilled", value: NOBODY_LEFT }, endsAt]);
});

test("EN4 whoever comes in and leaves again and again is stopped, by person, with all their courses, and goes on a moment later", async () => {
  const [sofia = "", luis = ""] = students;
  const { course, code } = await courseWith(luis);
  const other = await school.course("published", { [ana]: "instructor" });
  await decide(other, { open: true });
  const statuses: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const at = round % 2 === 0 ? course : other;
    statuses.push((await send(sofia, "POST", "/api/join", { courseId: at })).status, (await send(sofia, "DELETE", `/api/join/${at}`)).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), ...Array.from({ length: 4 }, () => 429)]);
  expect((await audit(course)).filter((action) => action === "member.leave")).toHaveLength(5);
  // The code is no way round, looking is free, and nobody else is held up.
  expect((await send(sofia, "POST", "/api/join", { code })).status).toBe(429);
  expect((await send(sofia, "POST", "/api/join/look", { courseId: course })).status).toBe(200);
  expect(await leave(luis, course)).toEqual(LEFT);
  school.clock.pass(30_000);
  expect(await join(sofia, { courseId: course })).toMatchObject({ standing: "in" });
  expect((await send(sofia, "DELETE", `/api/join/${course}`)).status).toBe(429);
});

test("EN12 whose place staff changed before this was a rule cannot leave it either", async () => {
  const [sofia = "", luis = "", mei = ""] = students;
  const { course, code } = await courseWith(sofia);
  for (const who of [luis, mei]) await join(who, { code });
  await change(sofia, course, { role: "observer" });
  await change(luis, course, { endsAt: Date.now() + 3_600_000 });
  const { sql } = school.database;
  await sql`insert into course_joined (course_id, person_id) values (${course}, ${sofia}), (${course}, ${luis})`;
  await sql.unsafe(await readFile(new URL("../db/migrations/0038_touched_by_staff.sql", import.meta.url), "utf8"));
  expect([await joined(sofia, course), await joined(luis, course), await joined(mei, course)]).toEqual([false, false, true]);
});
