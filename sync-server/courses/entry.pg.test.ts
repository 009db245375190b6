import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { courseScope } from "@mochila/shared/access/scope.ts";
import { type CataloguePage, CODE_LENGTH, CODE_LETTERS, type CourseEntry, type CourseOffer, readCode, spellCode } from "@mochila/shared/courses/entry.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { loadActor } from "../access/actor.ts";
import { endPlaces } from "./ended-places.ts";
import { newCode } from "./entry.ts";
import { AT_ONCE_MAX, fillFreeSeats } from "./waiting.ts";
import { createTestSchool, type TestSchool } from "./test-school.ts";

let school: TestSchool;
let ana: string;
let luis: string;
const students: string[] = [];

const send = async (who: string | null, method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> => {
  const answer = await school.request(who, method, path, body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return { status: answer.status, json: answer.status === 204 ? null : await answer.json() };
};
const decide = async (course: string, change: unknown, who = ana): Promise<CourseEntry> => {
  const { status, json } = await send(who, "PATCH", `/api/courses/${course}/entry`, change);
  expect(status).toBe(200);
  return json as CourseEntry;
};
const join = async (who: string, request: unknown): Promise<CourseOffer> => {
  const { status, json } = await send(who, "POST", "/api/join", request);
  expect(status).toBe(200);
  return json as CourseOffer;
};
const roleOf = async (who: string, course: string): Promise<string | undefined> => (await loadActor(school.database.sql, who)).courses.get(course);
const codeOf = async (course: string): Promise<string> => (await decide(course, { code: "new" })).code ?? "";
const letters = async (): Promise<readonly { recipient: string; letter: string; words: { about: string; address: string } }[]> => school.database.sql`select recipient, letter, words from mail order by id`;
const audit = async (course: string): Promise<string[]> =>
  (await school.database.sql<{ action: string }[]>`select action from audit_entry where details ->> 'course' = ${course} or object_id = ${course} order by id`).map(({ action }) => action);

beforeAll(async () => {
  school = await createTestSchool();
  ana = await school.person("ana@x.org", "instructor");
  luis = await school.person("luis@x.org", "instructor");
  for (let index = 0; index < 8; index += 1) students.push(await school.person(`s${index}@x.org`));
});
afterAll(() => school.close());
beforeEach(() => school.database.sql`delete from rate_bucket`);

test("EN1 a code has 43 bits, no letter that looks like another or makes words, and is read however it is typed", () => {
  const codes = Array.from({ length: 2_000 }, () => newCode(systemRandom));
  const counts = new Map<string, number>();
  for (const letter of codes.join("")) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect([...counts.keys()].toSorted().join("")).toBe(CODE_LETTERS);
  // 1,000 of each, give or take five deviations.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(160);
  expect(CODE_LENGTH * Math.log2(CODE_LETTERS.length)).toBeGreaterThan(43);
  const [code = ""] = codes;
  expect(new Set(codes).size).toBe(codes.length);
  expect([spellCode(code), code.toLowerCase(), ` ${code.slice(0, 3)} ${code.slice(3)} `].map(readCode)).toEqual([code, code, code]);
  expect(["", code.slice(1), `${code}B`, `A${code.slice(1)}`, `1${code.slice(1)}`].map(readCode)).toEqual([null, null, null, null, null]);
});

test("EN1 EN9 who teaches makes, renews and ends a code; who has it sees what it opens, joins once as a student, and keeps another role", async () => {
  const [sofia = ""] = students;
  const course = await school.course("published", { [ana]: "instructor", [luis]: "assistant" });
  expect((await send(ana, "GET", `/api/courses/${course}/entry`)).json).toEqual({ code: null, codeEndsAt: null, open: false, seats: null, placeEndsAt: null, students: 0, waiting: [] });
  const code = await codeOf(course);
  expect((await send(sofia, "POST", "/api/join/look", { code })).json).toEqual({ courseId: course, title: { en: "C" }, description: {}, teachers: ["ana@x.org"], standing: "free", place: null, placeEndsAt: null, shown: true });
  expect(await roleOf(sofia, course)).toBeUndefined();
  expect((await join(sofia, { code })).standing).toBe("in");
  expect(await roleOf(sofia, course)).toBe("student");
  expect(school.hints).toContain(courseScope(course));
  expect((await join(sofia, { code })).standing).toBe("in");
  expect((await join(luis, { code })).standing).toBe("in");
  expect(await roleOf(luis, course)).toBe("assistant");
  const newer = await codeOf(course);
  expect(newer).not.toBe(code);
  expect((await decide(course, { code: "none" })).code).toBeNull();
  for (const old of [code, newer]) expect((await send(students[1] ?? "", "POST", "/api/join", { code: old })).status).toBe(403);
  expect(await audit(course)).toEqual(["course.entry", "member.join", "course.entry", "course.entry"]);
  const details = await school.database.sql`select details::text as text from audit_entry`;
  expect(JSON.stringify(details)).not.toContain(code);
});

test("EN1 a code ends at its hour, opens a draft and nothing that was put away, and every refusal is the same", async () => {
  const [, sofia = ""] = students;
  const refusals = new Set<string>();
  const refuse = async (request: unknown) => {
    const { status, json } = await send(sofia, "POST", "/api/join", request);
    refusals.add(JSON.stringify({ status, error: { ...(json as { error: object }).error, id: undefined, requestId: undefined } }));
  };
  const timed = await school.course("published", { [ana]: "instructor" });
  const { code } = await decide(timed, { code: "new", codeEndsAt: school.clock.now() + 60_000 });
  school.clock.pass(60_000);
  await refuse({ code });
  for (const state of ["archived", "trashed"] as const) {
    const course = await school.course("published", { [ana]: "instructor" });
    const opens = await codeOf(course);
    await school.setState(course, state);
    await refuse({ code: opens });
  }
  await refuse({ code: newCode(systemRandom) });
  await refuse({ courseId: timed });
  await refuse({ courseId: newId() });
  expect([...refusals].map((text) => (JSON.parse(text) as { status: number }).status)).toEqual([403]);
  const draft = await school.course("draft", { [ana]: "instructor" });
  expect(await join(sofia, { code: await codeOf(draft) })).toMatchObject({ standing: "in", shown: false });
});

test("EN2 only who teaches the course, or an administrator, sees and changes its ways in", async () => {
  const [, , sofia = ""] = students;
  const admin = await school.person("admin@x.org", "administrator");
  const course = await school.course("published", { [ana]: "instructor", [sofia]: "student", [luis]: "assistant" });
  for (const who of [sofia, luis]) {
    expect((await send(who, "GET", `/api/courses/${course}/entry`)).status).toBe(403);
    expect((await send(who, "PATCH", `/api/courses/${course}/entry`, { code: "new" })).status).toBe(403);
    expect((await send(who, "POST", `/api/courses/${course}/waiting/${sofia}`)).status).toBe(403);
  }
  expect((await send(admin, "PATCH", `/api/courses/${course}/entry`, { seats: 5 })).status).toBe(200);
  for (const wrong of [newId(), "x"]) expect((await send(admin, "PATCH", `/api/courses/${wrong}/entry`, { seats: 5 })).status).toBe(403);
  for (const body of [{ seats: 0 }, { seats: 1.5 }, { code: "MINE" }, { x: 1 }]) expect((await send(ana, "PATCH", `/api/courses/${course}/entry`, body)).status).toBe(400);
});

test("EN3 of many who join at once only as many are in as there are seats; the others wait in order, move up by themselves and are written to", async () => {
  const course = await school.course("published", { [ana]: "instructor" });
  const code = await codeOf(course);
  await decide(course, { seats: 3 });
  const offers = await Promise.all(students.map((who) => join(who, { code })));
  expect(offers.filter(({ standing }) => standing === "in")).toHaveLength(3);
  expect(offers.flatMap(({ place }) => place ?? []).toSorted()).toEqual([1, 2, 3, 4, 5]);
  const { waiting, students: inside } = await decide(course, {});
  expect([inside, waiting.length]).toEqual([3, 5]);
  const members = (await school.database.sql<{ id: string }[]>`select owner_id as id from doc_members where course_id = ${course} and body ->> 'role' = 'student'`).map(({ id }) => id);
  await Promise.all(members.slice(0, 2).map((who) => send(ana, "DELETE", `/api/courses/${course}/members/${who}`)));
  const later = await decide(course, {});
  expect([later.students, later.waiting.map(({ userId }) => userId)]).toEqual([3, waiting.slice(2).map(({ userId }) => userId)]);
  for (const { userId } of waiting.slice(0, 2)) expect(await roleOf(userId, course)).toBe("student");
  expect((await letters()).filter(({ words }) => words.address.endsWith(course)).map(({ letter, words }) => [letter, words.about])).toEqual([["seat", "C"], ["seat", "C"]]);
  // A role that takes no seat frees one, and so do more seats.
  await send(ana, "PATCH", `/api/courses/${course}/members/${members[2]}`, { role: "observer" });
  expect((await decide(course, { seats: 4 })).students).toBe(4);
  expect((await decide(course, { seats: null })).waiting).toEqual([]);
});

test("EN3 many seats that come free at once are filled in parts, in order; who is suspended keeps their place", async () => {
  const course = await school.course("published", { [ana]: "instructor" });
  await decide(course, { seats: 1 });
  const { sql } = school.database;
  const waiting = Array.from({ length: AT_ONCE_MAX + 7 }, () => newId());
  for (const [index, id] of waiting.entries()) {
    await sql`insert into person (id, email, name, system_role, language, state) values (${id}, ${`${id}@x.org`}, ${`Person ${index}`}, 'student', 'en', ${index === 3 ? "suspended" : "active"})`;
    await sql`insert into course_waiting (course_id, person_id, since) values (${course}, ${id}, now())`;
  }
  expect((await decide(course, { seats: null })).waiting.map(({ userId }) => userId)).toEqual([waiting[3], ...waiting.slice(AT_ONCE_MAX + 1)]);
  const told: string[] = [];
  const parts = { database: school.database, hints: { publish: (scopes: readonly string[]) => void told.push(...scopes) }, clock: school.clock, random: systemRandom, origin: "http://localhost", onLetter: () => undefined };
  await fillFreeSeats(parts);
  expect(await decide(course, {})).toMatchObject({ students: waiting.length - 1, waiting: [{ userId: waiting[3] }] });
  expect(told).toContain(`u:${waiting.at(-1)}`);
  await sql`update person set state = 'active' where id = ${waiting[3] ?? ""}`;
  await fillFreeSeats(parts);
  expect(await decide(course, {})).toMatchObject({ students: waiting.length, waiting: [] });
});

test("EN3 G8 nobody comes out of the waiting list into a course that is archived or in the bin, however a seat comes free; once it is back they do", async () => {
  const [first = "", second = "", third = ""] = students;
  const { sql } = school.database;
  const admin = await school.person("keeper@x.org", "administrator");
  for (const state of ["archived", "trashed"] as const) {
    const course = await school.course("published", { [ana]: "instructor", [second]: "student" });
    const code = await codeOf(course);
    await decide(course, { seats: 2 });
    for (const who of [first, third]) await join(who, { code });
    await school.setState(course, state);
    const before = (await letters()).length;
    // One leaves, one is taken out by an administrator, and there are more seats.
    expect((await send(first, "DELETE", `/api/join/${course}`)).json).toEqual({ waited: false, left: true });
    expect((await send(admin, "DELETE", `/api/courses/${course}/members/${second}`)).json).toEqual({ removed: true });
    expect(await decide(course, { seats: 8 }, admin)).toMatchObject({ students: 0, waiting: [{ userId: third }] });
    const parts = { database: school.database, hints: { publish: () => undefined }, clock: school.clock, random: systemRandom, origin: "http://localhost", onLetter: () => undefined };
    await fillFreeSeats(parts);
    expect([await roleOf(third, course), (await letters()).length]).toEqual([undefined, before]);
    if (state === "archived") expect((await send(ana, "PATCH", `/api/courses/${course}/entry`, { seats: 9 })).status).toBe(403);

    await school.setState(course, "published");
    await fillFreeSeats(parts);
    expect([await roleOf(third, course), (await letters()).length]).toEqual(["student", before + 1]);
    await sql`delete from rate_bucket`;
  }
});

test("EN3 who teaches lets somebody in before their turn or takes them from the list; who waits can stop", async () => {
  const [first = "", second = "", third = "", fourth = ""] = students;
  const course = await school.course("published", { [ana]: "instructor" });
  const code = await codeOf(course);
  await decide(course, { seats: 1 });
  for (const who of [first, second, third, fourth]) await join(who, { code });
  expect((await send(third, "POST", "/api/join/look", { code })).json).toMatchObject({ standing: "waiting", place: 2 });
  expect((await send(ana, "POST", `/api/courses/${course}/waiting/${third}`)).json).toMatchObject({ students: 2 });
  expect(await roleOf(third, course)).toBe("student");
  expect((await send(ana, "POST", `/api/courses/${course}/waiting/${third}`)).status).toBe(403);
  expect((await send(ana, "DELETE", `/api/courses/${course}/waiting/${second}`)).json).toMatchObject({ waiting: [{ userId: fourth }] });
  expect((await send(fourth, "DELETE", `/api/join/${course}`)).json).toEqual({ waited: true, left: false });
  expect((await send(fourth, "DELETE", `/api/join/${course}`)).json).toEqual({ waited: false, left: false });
  // Put in by staff, nobody waits any more.
  await join(fourth, { code });
  expect((await send(ana, "POST", `/api/courses/${course}/members`, { email: "s3@x.org", role: "student" })).json).toMatchObject({ outcome: "added" });
  expect((await send(ana, "POST", `/api/courses/${course}/members`, { email: "s3@x.org", role: "student" })).json).toMatchObject({ outcome: "already" });
  expect((await decide(course, {})).waiting).toEqual([]);
  expect((await audit(course)).filter((action) => action === "member.add")).toEqual(["member.add"]);
});

test("EN11 who waits finds where, and at which place, also when the code has ended; nobody else does", async () => {
  const [first = "", second = "", third = ""] = students;
  const course = await school.course("published", { [ana]: "instructor", [first]: "student" });
  const code = await codeOf(course);
  await decide(course, { seats: 1 });
  for (const who of [second, third]) await join(who, { code });
  await decide(course, { code: "none" });
  const waits = async (who: string) => ((await send(who, "GET", "/api/join")).json as { courses: CourseOffer[] }).courses.filter(({ courseId }) => courseId === course);
  expect(await waits(third)).toMatchObject([{ standing: "waiting", place: 2, shown: true }]);
  expect(await waits(first)).toEqual([]);
  await send(second, "DELETE", `/api/join/${course}`);
  expect([await waits(second), await waits(third)]).toMatchObject([[], [{ place: 1 }]]);
});

test("EN4 whoever guesses codes is stopped, by person", async () => {
  const guesser = await school.person("guesser@x.org");
  const statuses: number[] = [];
  for (let tries = 0; tries < 25; tries += 1) statuses.push((await send(guesser, "POST", "/api/join/look", { code: newCode(systemRandom) })).status);
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 403), ...Array.from({ length: 5 }, () => 429)]);
  expect((await send(null, "POST", "/api/join/look", { code: newCode(systemRandom) })).status).toBe(401);
});

test("EN6 a place ends at its hour: rights at once, the course a moment later, and who waits gets the seat", async () => {
  const [first = "", second = "", third = ""] = students;
  const course = await school.course("published", { [ana]: "instructor", [first]: "student" });
  const code = await codeOf(course);
  await decide(course, { seats: 2 });
  await join(second, { code });
  await join(third, { code });
  const member = (who: string) => `/api/courses/${course}/members/${who}`;
  expect((await send(ana, "PATCH", member(first), { endsAt: Date.now() + 3_600_000 })).status).toBe(200);
  expect(await roleOf(first, course)).toBe("student");
  // The hour passes; rights follow the database's clock.
  const [passed] = await school.database.sql<{ at: string }[]>`
    update doc_members set body = body || jsonb_build_object('endsAt', (extract(epoch from now()) * 1000)::bigint - 1) where course_id = ${course} and owner_id = ${first} returning body ->> 'endsAt' as at`;
  const soon = Number(passed?.at);
  expect(await roleOf(first, course)).toBeUndefined();
  const end = async (at: number) => {
    const hints: string[] = [];
    const parts = { database: school.database, hints: { publish: (scopes: readonly string[]) => void hints.push(...scopes) }, clock: { now: () => at, monotonic: () => at }, random: systemRandom, origin: "http://localhost", onLetter: () => undefined };
    await endPlaces(parts);
    return hints;
  };
  expect(await end(soon - 1)).toEqual([]);
  expect(await end(soon)).toContain(`u:${first}`);
  expect(await roleOf(third, course)).toBe("student");
  expect(await end(soon)).toEqual([]);
  expect((await audit(course)).slice(-3)).toEqual(["member.end", "member.ended", "member.seat"]);
  const [row] = await school.database.sql<{ body: Record<string, unknown> }[]>`select body from doc_members where course_id = ${course} and owner_id = ${first}`;
  expect(row?.body).toMatchObject({ state: "left" });
  expect(row?.body).not.toHaveProperty("endsAt");
});

test("EN6 staff give, move and take away an end; a course says it for who comes in from then on; who teaches has none", async () => {
  const [first = "", second = "", third = ""] = students;
  const course = await school.course("published", { [ana]: "instructor", [first]: "student" });
  const code = await codeOf(course);
  const ends = async (who: string) => (await school.database.sql<{ ends: string | null }[]>`select body ->> 'endsAt' as ends from doc_members where course_id = ${course} and owner_id = ${who}`)[0]?.ends ?? null;
  const later = Date.now() + 86_400_000;
  expect((await send(ana, "PATCH", `/api/courses/${course}/entry`, { placeEndsAt: school.clock.now() })).status).toBe(400);
  await decide(course, { placeEndsAt: later });
  // Who looks before they join reads until when.
  expect((await send(second, "POST", "/api/join/look", { code })).json).toMatchObject({ standing: "free", placeEndsAt: later });
  await join(second, { code });
  await send(ana, "POST", `/api/courses/${course}/members`, { email: "s2@x.org", role: "student" });
  expect([await ends(first), await ends(second), await ends(third)]).toEqual([null, String(later), String(later)]);
  const patch = (who: string, body: unknown, by = ana) => send(by, "PATCH", `/api/courses/${course}/members/${who}`, body);
  await patch(second, { endsAt: later + 1 });
  await patch(third, { endsAt: null });
  expect([await ends(second), await ends(third)]).toEqual([String(later + 1), null]);
  await patch(second, { role: "observer" });
  expect(await ends(second)).toBe(String(later + 1));
  expect([(await patch(ana, { endsAt: later })).status, (await patch(second, { endsAt: school.clock.now() })).status, (await patch(second, { endsAt: null }, second)).status]).toEqual([400, 400, 403]);
  await patch(second, { role: "instructor" });
  expect(await ends(second)).toBeNull();
});

test("EN7 what is open to the school is found by everybody, page after page and by any of its words; nothing else is", async () => {
  const [sofia = ""] = students;
  const titles = Array.from({ length: 23 }, (_, index) => ({ en: `River ${String(index).padStart(2, "0")}` }));
  const open = await Promise.all(
    [...titles, { es: "Agua 100%_limpia" }].map(async (title) => {
      const course = await school.course("published", { [ana]: "instructor" });
      await school.database.sql`update doc_courses set body = body || ${school.database.sql.json({ title, description: { es: "Desde el río" } })} where id = ${course}`;
      await school.database.sql`insert into course_entry (course_id, open) values (${course}, true)`;
      return course;
    }),
  );
  await school.course("published", { [ana]: "instructor" });
  await decide(await school.course("draft", { [ana]: "instructor" }), { open: true });
  const page = async (query: Record<string, string>) => (await send(sofia, "GET", `/api/catalogue?${new URLSearchParams(query).toString()}`)).json as CataloguePage;
  const first = await page({});
  const second = await page({ after: first.courses.at(-1)?.courseId ?? "" });
  expect([first.courses.length, first.more, second.courses.length, second.more]).toEqual([20, true, 4, false]);
  expect([...first.courses, ...second.courses].map(({ courseId }) => courseId).toSorted()).toEqual(open.toSorted());
  for (const search of ["RÍO", "rio"]) expect((await page({ search })).courses).toHaveLength(20);
  expect((await page({ search: "100%_L" })).courses.map(({ title }) => title)).toEqual([{ es: "Agua 100%_limpia" }]);
  expect((await page({ search: "r_ver" })).courses).toEqual([]);
  const [course = ""] = open;
  await decide(course, { seats: 1 });
  const standing = async (who: string) => ((await send(who, "GET", "/api/catalogue?search=River%2000")).json as CataloguePage).courses[0]?.standing;
  expect(await standing(sofia)).toBe("free");
  expect((await join(sofia, { courseId: course })).standing).toBe("in");
  await join(students[1] ?? "", { courseId: course });
  expect([await standing(sofia), await standing(students[1] ?? ""), await standing(students[2] ?? "")]).toEqual(["in", "waiting", "full"]);
});

test("EN8 EN9 who teaches invites somebody without an account where the school lets them: account, place and letter at once, once", async () => {
  const { sql } = school.database;
  const course = await school.course("published", { [ana]: "instructor" });
  const members = `/api/courses/${course}/members`;
  const add = (email: string, who = ana) => send(who, "POST", members, { email, role: "student" });
  // A school where staff make the accounts: only administrators invite, until it is decided otherwise.
  expect((await add("new@lake.example")).status).toBe(400);
  expect(await sql`select 1 from person where email = 'new@lake.example'`).toHaveLength(0);
  await sql`insert into school_setting (name, value) values ('signUp', '"open"')`;
  const outcomes = (await Promise.all([add("new@lake.example"), add("new@lake.example")])).map(({ json }) => (json as { outcome: string }).outcome);
  expect(outcomes.toSorted()).toEqual(["already", "invited"]);
  const [person] = await sql<{ id: string; name: string; system_role: string; password_hash: null }[]>`select * from person where email = 'new@lake.example'`;
  expect(person).toMatchObject({ name: "new", system_role: "student", password_hash: null });
  expect(await roleOf(person?.id ?? "", course)).toBe("student");
  expect((await letters()).filter(({ recipient }) => recipient === "new@lake.example").map(({ letter }) => letter)).toEqual(["invitation"]);
  expect(await audit(course)).toEqual(["member.invite"]);
  await sql`insert into school_setting (name, value) values ('invitations', '"administrators"')`;
  expect((await add("other@lake.example")).status).toBe(400);
  expect((await add("third@lake.example", luis)).status).toBe(403);
  await sql`update person set state = 'suspended' where email = 'new@lake.example'`;
  expect((await add("new@lake.example")).status).toBe(400);
  await sql`delete from school_setting`;
});

test("EN10 who was taken out, or whose place ended, comes in by who teaches and by no code and no list", async () => {
  const [first = "", second = ""] = students;
  const course = await school.course("published", { [ana]: "instructor" });
  const code = await codeOf(course);
  await decide(course, { open: true });
  for (const who of [first, second]) await join(who, { code });
  expect((await send(ana, "DELETE", `/api/courses/${course}/members/${first}`)).status).toBe(200);
  // Its hour has passed, and nobody has come by yet to end it.
  await school.database.sql`update doc_members set body = body || jsonb_build_object('endsAt', (extract(epoch from now()) * 1000)::bigint - 1) where course_id = ${course} and owner_id = ${second}`;
  for (const who of [first, second]) {
    for (const request of [{ code }, { courseId: course }]) expect(await join(who, request)).toMatchObject({ standing: "ended", place: null });
    expect((await send(who, "POST", "/api/join/look", { code })).json).toMatchObject({ standing: "ended" });
    const { courses } = (await send(who, "GET", "/api/catalogue")).json as CataloguePage;
    expect(courses.find(({ courseId }) => courseId === course)?.standing).toBe("ended");
    expect(await roleOf(who, course)).toBeUndefined();
  }
  await send(ana, "POST", `/api/courses/${course}/members`, { email: "s0@x.org", role: "student" });
  expect(await roleOf(first, course)).toBe("student");
  expect(await join(first, { code })).toMatchObject({ standing: "in" });
});
