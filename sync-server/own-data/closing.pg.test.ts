import { engineIsHere, openTestAnalytics } from "@mochila/analytics/embedded/test-engine.ts";
import type { Closure } from "@mochila/shared/users/own-data.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { FORMER_MEMBER } from "@mochila/shared/users/former-member.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol, unenrol } from "../courses/enrol.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { interleave } from "../db/test-interleaving.ts";
import { codeOf } from "../users/test-users.ts";
import { closeAgain, CLOSING_MS } from "./closing.ts";
import { erasePerson } from "./erase-person.ts";
import { countEvents, leaveTraces, openTestSchool, type OwnDataSchool, password, testCourse, type TestPerson } from "./test-school.ts";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let school: OwnDataSchool;
let keeper: TestPerson;
beforeAll(async () => {
  test_ = await createTestDatabase();
  school = await openTestSchool(test_.database);
  keeper = await school.person("administrator");
});
afterAll(async () => {
  await school.close();
  await test_.drop();
});

const ask = (token: string, with_ = password) => school.send(token, "POST", "/api/me/closure", { password: with_ });
const stateOf = async (token: string) => (await (await school.send(token, "GET", "/api/me/closure")).json()) as Closure;
const closeNow = async ({ id, email }: TestPerson, typed = email) => school.send(await school.signIn(keeper), "POST", `/api/admin/people/${id}/closure`, { email: typed });
const audited = async ({ id }: TestPerson) => (await test_.database.sql<{ action: string }[]>`select action from audit_entry where object_id = ${id} order by id`).map(({ action }) => action);
const personRow = async ({ id }: TestPerson) => (await test_.database.sql`select name, state, password_hash, closing_at from person where id = ${id}`)[0];

/** Every table of the database in which one of these words stands, whatever its columns are. */
async function tablesWith(words: readonly string[]): Promise<string[]> {
  const { sql } = test_.database;
  const tables = await sql<{ name: string }[]>`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  expect(tables.length).toBeGreaterThan(30);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql<{ text: string }[]>`select one::text as text from ${sql(name)} as one`;
    if (rows.some(({ text }) => words.some((word) => text.includes(word) || text.includes(Buffer.from(word).toString("hex"))))) found.push(name);
  }
  return found;
}

async function personOfACourse(role: "student" | "assistant" = "student") {
  const [teacher, leaver] = [await school.person("instructor"), await school.person()];
  const course = await testCourse(school, teacher);
  await leaveTraces(school, leaver, { ...course, role });
  return { teacher, leaver, course, token: await school.signIn(leaver) };
}

describe("C1 closing one's own account", () => {
  test("is asked for with the password, ends every session, and a sign-in within two weeks takes it back", async () => {
    const { leaver, token } = await personOfACourse();
    expect(await codeOf(await ask(token, "wrong horse"))).toBe("wrong_credentials");
    const answer = await ask(token);
    expect([answer.status, await answer.json()]).toEqual([200, { closingAt: school.clock.now() + CLOSING_MS }]);
    // At once, in the process that ended it.
    expect(await codeOf(await school.send(token, "GET", "/api/me/closure"))).toBe("session_ended");
    school.clock.pass(5_000);
    const [letter] = await test_.database.sql<{ letter: string; words: { about: string } }[]>`select letter, words from mail where recipient = ${leaver.email} and letter = 'closing'`;
    expect(letter).toMatchObject({ words: { about: "15 de noviembre de 2026" } });
    school.clock.pass(CLOSING_MS - 10_000);
    await school.closing.closeDue();
    const back = (await (await school.logIn(leaver.email)).json()) as { accessToken: string; closingTakenBack?: boolean };
    expect([back.closingTakenBack, (await stateOf(back.accessToken)).closingAt]).toEqual([true, null]);
    const told = await test_.database.sql`select 1 from mail where recipient = ${leaver.email} and letter = 'closingTakenBack'`;
    expect(told).toHaveLength(1);
    expect(await (await school.logIn(leaver.email)).json()).not.toHaveProperty("closingTakenBack");
    school.clock.pass(CLOSING_MS);
    await school.closing.closeDue();
    expect(await personRow(leaver)).toMatchObject({ name: leaver.name, state: "active" });
    expect(await audited(leaver)).toEqual(["sign-in", "account.closing-asked", "sign-in", "account.closing-taken-back", "sign-in"]);
  });

  test("is done after two weeks, once, and nobody comes in any more", async () => {
    const { leaver, token } = await personOfACourse();
    await ask(token);
    school.clock.pass(CLOSING_MS);
    await Promise.all([school.closing.closeDue(), school.closing.closeDue()]);
    expect(await personRow(leaver)).toEqual({ name: FORMER_MEMBER, state: "closed", password_hash: null, closing_at: null });
    expect((await school.logIn(leaver.email)).status).toBe(401);
    expect((await audited(leaver)).filter((action) => action === "account.close")).toHaveLength(1);
  });
});

describe("C2 what is erased", () => {
  test("no word that leads to the person stands in any table, but what the list of what stays names", async () => {
    const { leaver, course } = await personOfACourse("assistant");
    const who = [leaver.email, leaver.name];
    const token = await school.signIn(leaver);
    await school.send(token, "POST", "/api/me/data-export", { password });
    await school.exporter.prepareDue();
    await school.send(token, "POST", "/api/me/email", { email: `new-${leaver.email}`, password });
    expect(await tablesWith(who)).toEqual(expect.arrayContaining(["doc_members", "mail", "person", "rate_bucket"]));
    expect((await closeNow(leaver)).status).toBe(204);
    expect(await tablesWith(who)).toEqual([]);
    // Their private words and what was only theirs; what they wrote into the course stays the course's.
    expect(await tablesWith([`note ${leaver.word}`, `first ${leaver.word}`, `refused ${leaver.word}`, `secret-${leaver.word}`])).toEqual([]);
    expect(await tablesWith([leaver.word])).toEqual(["doc_items", "file_ref", "ydoc_update"]);
    const [member] = await test_.database.sql`select body ->> 'name' as name, body ->> 'state' as state from doc_members where owner_id = ${leaver.id} and course_id = ${course.courseId}`;
    expect(member).toEqual({ name: FORMER_MEMBER, state: "left" });
    for (const table of ["session", "account_link", "data_export", "user_scope", "upload"] as const) {
      expect(await test_.database.sql`select 1 from ${test_.database.sql(table)} as one where one::text like ${`%${leaver.id}%`}`).toHaveLength(0);
    }
    // What the school keeps: that somebody learned here, under an id that leads to nobody.
    expect(await test_.database.sql`select 1 from doc_progress where owner_id = ${leaver.id} and not deleted`).toHaveLength(1);
  });

  test("a course into which somebody puts them at this moment does not bring their name back", async () => {
    const [teacher, leaver] = [await school.person("instructor"), await school.person()];
    const { courseId } = await testCourse(school, teacher);
    const entering = await interleave(
      test_.database,
      (transaction) => erasePerson(transaction, leaver, new Date()),
      () => test_.database.transaction((transaction) => enrol(transaction, { courseId, userId: leaver.id, name: leaver.name, role: "student" })),
    );
    expect(entering).toMatchObject({ status: "rejected", reason: { code: "forbidden" } });
    expect(await tablesWith([leaver.name])).toEqual([]);
  });

  test("an e-mail that they once wanted and that is another person's by now keeps its letters and limits", async () => {
    const [leaver, owner] = [await school.person(), await school.person()];
    const { sql } = test_.database;
    const letter = (to: string) => sql`insert into mail (id, recipient, language, letter, words, created_at, useless_at, next_try_at) values (${newId()}, ${to}, 'es', 'reset', '{}', now(), now(), now())`;
    await sql`insert into account_link (hash, person_id, purpose, email, password_version, created_at, expires_at) values (${Buffer.alloc(32, 7)}, ${leaver.id}, 'email', ${owner.email}, 0, now(), now())`;
    for (const to of [leaver.email, owner.email]) await letter(to);
    await closeNow(leaver);
    expect(await sql`select recipient from mail where recipient = any(${[leaver.email, owner.email]})`).toEqual([{ recipient: owner.email }]);
  });

  test("EN3 whoever waits for their seat gets it, and a letter", async () => {
    const { leaver, course: { courseId } } = await personOfACourse();
    const [other, waiting] = [await school.person(), await school.person()];
    const { sql } = test_.database;
    await sql`insert into course_entry (course_id, seats) values (${courseId}, 1) on conflict (course_id) do update set seats = 1`;
    await sql`insert into course_waiting (course_id, person_id, since) values (${courseId}, ${waiting.id}, now()), (${courseId}, ${other.id}, now())`;
    expect((await closeNow(leaver)).status).toBe(204);
    expect(await sql`select owner_id as id from doc_members where course_id = ${courseId} and body ->> 'role' = 'student' and body ->> 'state' = 'active'`).toEqual([{ id: waiting.id }]);
    expect([await sql`select letter from mail where recipient = ${waiting.email}`, await sql`select person_id as id from course_waiting where course_id = ${courseId}`]).toEqual([[{ letter: "seat" }], [{ id: other.id }]]);
  });

  test.runIf(engineIsHere)("ClickHouse never had a word of the person: ids and figures only", async () => {
    const { analytics, drop } = await openTestAnalytics();
    const { leaver, course } = await personOfACourse();
    await countEvents(analytics, leaver, course.courseId, 3);
    await closeNow(leaver);
    const events: unknown[] = [];
    for await (const rows of analytics.personEvents({ userId: leaver.id, courseIds: [course.courseId] })) events.push(...rows);
    expect(events).toHaveLength(3);
    expect([leaver.word, leaver.email].some((word) => JSON.stringify(events).includes(word))).toBe(false);
    await drop();
  });

  test("devices of the others get the name that says nothing, those of the person the removal of their notes", async () => {
    const { leaver, course } = await personOfACourse();
    await closeNow(leaver);
    const feed = await test_.database.sql<{ name: string; coll: number; op: string }[]>`
      select scope.name, coll, op from scope_doc join scope on scope.id = scope_id where scope.name in (${`u:${leaver.id}`}, ${`c:${course.courseId}`}) and coll in (2, 6) order by coll, doc_id`;
    expect(feed.filter(({ coll }) => coll === 6)).toEqual([{ name: `u:${leaver.id}`, coll: 6, op: "R" }]);
    expect(feed.filter(({ coll }) => coll === 2).every(({ op }) => op === "P")).toBe(true);
  });

  test("a restored database, older than the closing, is told again", async () => {
    const { leaver } = await personOfACourse();
    const before = await test_.database.sql`select * from person where id = ${leaver.id}`;
    await closeNow(leaver);
    const closed = await test_.database.sql<{ id: string; closedAt: Date }[]>`select id, closed_at as "closedAt" from closed_person`;
    const { email = "", name = "" } = (before[0] ?? {}) as { email?: string; name?: string };
    await test_.database.sql`update person set email = ${email}, name = ${name}, state = 'active' where id = ${leaver.id}`;
    await test_.database.sql`delete from closed_person`;
    expect(await closeAgain({ database: test_.database, clock: school.clock }, closed)).toBe(1);
    expect([await tablesWith([leaver.email, leaver.name]), await closeAgain({ database: test_.database, clock: school.clock }, closed)]).toEqual([[], 0]);
  });
});

describe("C3 a course keeps somebody who teaches, a school somebody who runs it", () => {
  test("the last instructor hands over first, and reads which courses", async () => {
    const [teacher, other] = [await school.person("instructor"), await school.person("instructor")];
    const { courseId } = await testCourse(school, teacher);
    const token = await school.signIn(teacher);
    expect(await stateOf(token)).toEqual({ closingAt: null, lastTeacherOf: [{ id: courseId, title: "Soil" }], lastAdministrator: false });
    const refused = (await (await ask(token)).json()) as { error: { code: string; details: unknown } };
    expect(refused.error).toMatchObject({ code: "invalid_input", details: { field: "courses" } });
    expect(await codeOf(await closeNow(teacher))).toBe("invalid_input");
    await test_.database.transaction((transaction) => enrol(transaction, { courseId, userId: other.id, name: other.name, role: "instructor" }));
    expect((await ask(token)).status).toBe(200);
    // From now on the other one is the last: they neither leave nor close.
    await expect(test_.database.transaction((transaction) => unenrol(transaction, { courseId, userId: other.id }))).rejects.toThrow("needs an instructor");
    expect(await codeOf(await ask(await school.signIn(other)))).toBe("invalid_input");
  });

  test("of two instructors who close at the same moment one is refused", async () => {
    const [teacher, other] = [await school.person("instructor"), await school.person("instructor")];
    const { courseId } = await testCourse(school, teacher);
    await test_.database.transaction((transaction) => enrol(transaction, { courseId, userId: other.id, name: other.name, role: "instructor" }));
    const tokens = [await school.signIn(teacher), await school.signIn(other)];
    expect((await Promise.all(tokens.map((token) => ask(token)))).map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  test("U7 the last administrator stays, also when two close at once; nobody closes another's account without typing their e-mail, or their own here", async () => {
    const second = await school.person("administrator");
    const answers = await Promise.all([await school.signIn(keeper), await school.signIn(second)].map((token) => ask(token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    await test_.database.sql`update person set closing_at = null where id = ${keeper.id}`;
    const someone = await school.person();
    expect(await codeOf(await closeNow(someone, keeper.email))).toBe("invalid_input");
    expect(await codeOf(await closeNow(keeper))).toBe("invalid_input");
    for (const role of ["instructor", "student"] as const) {
      const token = await school.signIn(await school.person(role));
      expect((await school.send(token, "POST", `/api/admin/people/${someone.id}/closure`, { email: someone.email })).status).toBe(403);
    }
    expect(await personRow(someone)).toMatchObject({ state: "active" });
    expect((await closeNow(someone)).status).toBe(204);
    expect(await codeOf(await closeNow(someone))).toBe("forbidden");
  });
});
