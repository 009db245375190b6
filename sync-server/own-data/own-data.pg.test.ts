import { engineIsHere, openTestAnalytics } from "@mochila/analytics/embedded/test-engine.ts";
import type { DataExportState } from "@mochila/shared/users/own-data.ts";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { enrol } from "../courses/enrol.ts";
import { place, takeOut } from "../courses/place.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import { codeOf } from "../users/test-users.ts";
import { takeExport, TRIES_MAX } from "./export-queue.ts";
import { countEvents, leaveTraces, noAnalytics, openTestSchool, type OwnDataSchool, password, testCourse, type TestPerson } from "./test-school.ts";

const HOUR = 3_600_000;

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let school: OwnDataSchool;
beforeAll(async () => {
  test_ = await createTestDatabase();
  school = await openTestSchool(test_.database);
});
afterAll(async () => {
  await school.close();
  await test_.drop();
});

const ask = (token: string, with_ = password) => school.send(token, "POST", "/api/me/data-export", { password: with_ });
const state = async (token: string) => ((await (await school.send(token, "GET", "/api/me/data-export")).json()) as DataExportState).export;
const fetchFile = (token: string) => school.send(token, "GET", "/api/me/data-export/file");
const letters = async ({ email }: TestPerson) => (await test_.database.sql<{ letter: string }[]>`select letter from mail where recipient = ${email} order by created_at`).map(({ letter }) => letter);

interface Data {
  readonly about: Record<string, string>;
  readonly sections: Record<string, Record<string, unknown>[]>;
}
async function open(token: string) {
  const answer = await fetchFile(token);
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([200, "application/zip", "no-store"]);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(answer.headers.get("content-length")).toBe(String(bytes.length));
  const entries = unzipSync(bytes);
  const text = (name: string) => strFromU8(entries[name] ?? new Uint8Array());
  return { entries, names: Object.keys(entries), data: JSON.parse(text("data.json")) as Data, page: text("index.html"), text };
}

async function peopleOfOneCourse(of: OwnDataSchool, role: "student" | "assistant") {
  const [teacher, asker, peer] = [await of.person("instructor"), await of.person(), await of.person()];
  const course = await testCourse(of, teacher);
  for (const person of [asker, peer]) await leaveTraces(of, person, { ...course, role });
  return { asker, peer, teacher, ...course, token: await of.signIn(asker) };
}

describe("D1 a copy of one's own data", () => {
  test("holds everything that the person did, their files, a page to read; nothing of a peer, no secret", async () => {
    const { asker, peer, teacher, courseId, token } = await peopleOfOneCourse(school, "assistant");
    expect((await ask(token)).status).toBe(200);
    expect(await state(token)).toMatchObject({ state: "waiting", bytes: null });
    await school.exporter.prepareDue();
    expect(await state(token)).toMatchObject({ state: "ready" });
    expect(await letters(asker)).toContain("dataReady");

    const { data, page, names, text, entries } = await open(token);
    const { sections } = data;
    const { word } = asker;
    expect(sections["account"]).toEqual([expect.objectContaining({ id: asker.id, email: asker.email, name: asker.name, role: "student", language: "es" })]);
    expect(sections["courses"]).toEqual([expect.objectContaining({ courseId, course: "Soil", role: "assistant", state: "active" })]);
    expect(sections["notes"]).toEqual([expect.objectContaining({ course: "Soil", text: `note ${word}`, createdAt: "1970-01-01T00:00:01.000Z" })]);
    expect(sections["noteVersions"]).toEqual([expect.objectContaining({ text: `first ${word}` })]);
    expect(sections["progress"]).toEqual([expect.objectContaining({ done: true, doneAt: "1970-01-01T00:00:05.000Z", seenAt: "1970-01-01T00:00:04.000Z" })]);
    expect(sections["refused"]).toEqual([expect.objectContaining({ code: "row_forbidden", document: `{"title":"refused ${word}"}` })]);
    expect(sections["files"]).toEqual([expect.objectContaining({ name: `file ${word}.png` })]);
    expect(sections["events"]).toEqual([expect.objectContaining({ courseId, verb: "page.viewed", durationMs: 7_000, happenedAt: "2027-01-15T08:00:00.000Z" })]);
    expect(sections["typedInPages"]).toEqual([expect.objectContaining({ text: `typed ${word}` })]);
    expect(sections["courseChanges"]).toEqual([expect.objectContaining({ collection: "items", removed: false, changed: { title: { en: `title ${word}` } } })]);
    expect(sections["devices"]).toEqual([expect.objectContaining({ endedAt: null })]);
    expect(sections["security"]?.map(({ action, by }) => [action, by])).toEqual([["sign-in", "you"], ["data.ask", "you"]]);
    expect(sections["letters"]?.map(({ letter }) => letter)).toEqual(["reset"]);

    const file = names.find((name) => name.startsWith("files/"));
    expect(file).toMatch(new RegExp(`^files/[0-9a-f-]{36}-file ${word}\\.png$`));
    expect(text(file ?? "")).toBe(`picture of ${word}`);
    expect(names).toEqual(["data.json", file, "index.html", "left-out.json"]);
    expect(Object.keys(data.about)).toEqual(Object.keys(sections));
    for (const shown of [asker.name, asker.email, `note ${word}`, "Your notes", "Tus notas", 'id="in-es" checked']) expect(page).toContain(shown);

    // One by one: what stands in a comparison that fails is the whole copy.
    const all = Object.entries(entries).flatMap(([name, bytes]) => [name, strFromU8(bytes)]).join("\n");
    for (const strange of [peer, teacher]) for (const trace of [strange.word, strange.email, strange.id]) expect(all.includes(trace)).toBe(false);
    for (const secret of ["secret-", "argon2"]) expect(all.includes(secret)).toBe(false);
    expect(page).not.toContain("<script");
  });

  test("the page says in words what the file of data has as codes; letters to an e-mail of before are named too, and those to who has it now are not", async () => {
    const asker = await school.person();
    const { sql } = test_.database;
    const old = asker.email;
    const letterTo = (recipient: string, letter: "confirmEmail" | "seat") =>
      test_.database.transaction((transaction) => enqueueLetter(transaction, { clock: school.clock, random: systemRandom }, { recipient, language: "es", letter, words: { name: "x" }, usefulMs: HOUR }));
    await letterTo(old, "confirmEmail");
    await sql`update person set email = ${`new-${old}`} where id = ${asker.id}`;
    const next = await school.person();
    await sql`update person set email = ${old} where id = ${next.id}`;
    await letterTo(old, "seat");
    const token = await school.signIn({ ...asker, email: `new-${old}` });
    await school.logIn(`new-${old}`);
    await ask(token);
    await school.exporter.prepareDue();
    const { data, page } = await open(token);
    expect(data.sections["letters"]?.map(({ letter }) => letter)).toEqual(["confirmEmail"]);
    expect(data.sections["security"]?.map(({ action }) => action)).toEqual(["sign-in", "sign-in", "data.ask"]);
    for (const words of ["Confirm your new e-mail", "Confirma tu correo nuevo", "Signed in", "Copy of own data asked for", "En camino", "Estudiante"]) expect(page).toContain(words);
    for (const code of ["confirmEmail", "sign-in", "data.ask", "{&quot;"]) expect(page).not.toContain(code);
  });

  test("a course says when its place began and ended, not when its row was written last; the page has the times of the person's own clock, and names the zone once", async () => {
    const [teacher, asker] = [await school.person("instructor"), await school.person()];
    const [stays, left, unknown] = [await testCourse(school, teacher), await testCourse(school, teacher), await testCourse(school, teacher)];
    const { sql } = test_.database;
    await sql`update person set time_zone = 'America/Lima' where id = ${asker.id}`;
    const parts = { clock: school.clock };
    const at = ({ courseId }: { courseId: string }) => ({ courseId, userId: asker.id, by: { userId: null } });
    const put = (course: { courseId: string }, role: "student" | "observer") => test_.database.transaction((transaction) => place(transaction, parts, { ...at(course), name: asker.name, role }));
    await put(left, "student");
    const first = school.clock.now();
    school.clock.pass(HOUR);
    await put(stays, "student");
    const second = school.clock.now();
    school.clock.pass(HOUR);
    await put(stays, "observer");
    await test_.database.transaction((transaction) => takeOut(transaction, parts, at(left), "member.leave"));
    const third = school.clock.now();
    // As it is written with a name, a picture or a group; the beginning of this place is in no log.
    await test_.database.transaction((transaction) => enrol(transaction, { courseId: unknown.courseId, userId: asker.id, name: asker.name, role: "student" }));
    const token = await school.signIn(asker);
    await ask(token);
    await school.exporter.prepareDue();
    const { data, page } = await open(token);
    const said = Object.fromEntries((data.sections["courses"] ?? []).map(({ courseId, joinedAt, leftAt }) => [String(courseId), [joinedAt, leftAt]]));
    const iso = (time: number) => new Date(time).toISOString();
    expect(said).toEqual({ [left.courseId]: [iso(first), iso(third)], [stays.courseId]: [iso(second), null], [unknown.courseId]: [null, null] });
    // Lima is five hours behind all year.
    expect(page).toContain(`<time datetime="${iso(second)}">${iso(second - 5 * HOUR).slice(0, 16).replace("T", " ")}</time>`);
    expect([page.split("America/Lima").length - 1, page.includes("UTC")]).toEqual([2, false]);
  });

  test("a student has no part in what staff write", async () => {
    const { asker, token } = await peopleOfOneCourse(school, "student");
    await ask(token);
    await school.exporter.prepareDue();
    const { sections } = (await open(token)).data;
    expect([sections["courseChanges"], sections["typedInPages"]]).toEqual([[], []]);
    expect(sections["notes"]).toEqual([expect.objectContaining({ text: `note ${asker.word}` })]);
  });

  test.runIf(engineIsHere)("holds what ClickHouse counted, once, and nobody else's", async () => {
    const { analytics, drop } = await openTestAnalytics();
    const counting = await openTestSchool(test_.database, analytics);
    const { asker, peer, courseId, token } = await peopleOfOneCourse(counting, "student");
    await countEvents(analytics, asker, courseId, 700);
    await countEvents(analytics, peer, courseId, 5);
    await counting.send(token, "POST", "/api/me/data-export", { password });
    await counting.exporter.prepareDue();
    const answer = await counting.send(token, "GET", "/api/me/data-export/file");
    const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    const events = (JSON.parse(strFromU8(entries["data.json"] ?? new Uint8Array())) as Data).sections["events"] ?? [];
    expect([events.length, new Set(events.map(({ id }) => id)).size]).toEqual([701, 701]);
    expect(events[1]).toMatchObject({ happenedAt: "2026-09-01T00:00:00.000Z", durationMs: 15_000 });
    expect(Object.keys(entries)).not.toContain("left-out.json");
    await counting.close();
    await drop();
  });

  test("is asked for with the password, and tries are limited", async () => {
    const token = await school.signIn(await school.person());
    expect(await codeOf(await ask(token, "wrong horse"))).toBe("wrong_credentials");
    expect(await state(token)).toBeNull();
    for (let tries = 0; tries < 4; tries += 1) await ask(token, "wrong horse");
    expect(await codeOf(await ask(token))).toBe("too_many_requests");
    expect((await school.send(null, "GET", "/api/me/data-export/file")).status).toBe(401);
  });

  test("is handed to nobody but its person, for 24 hours; request and delivery are in the audit log", async () => {
    const { asker, peer, token } = await peopleOfOneCourse(school, "student");
    await ask(token);
    await school.exporter.prepareDue();
    expect(await codeOf(await fetchFile(await school.signIn(peer)))).toBe("not_found");
    expect((await fetchFile(token)).status).toBe(200);
    const audited = await test_.database.sql<{ action: string }[]>`select action from audit_entry where object_id = ${asker.id} order by id`;
    expect(audited.map(({ action }) => action)).toEqual(["sign-in", "data.ask", "data.deliver"]);
    school.clock.pass(24 * HOUR + 1);
    const later = await school.signIn(asker);
    expect([await state(later), await codeOf(await fetchFile(later))]).toEqual([null, "not_found"]);
    await school.exporter.prepareDue();
    expect(await test_.database.sql`select 1 from data_export_part join data_export on id = export_id where person_id = ${asker.id}`).toHaveLength(0);
  });

  test("is begun anew when whoever prepared it died half-way, and is prepared once where two look at once", async () => {
    const { asker, token } = await peopleOfOneCourse(school, "student");
    await ask(token);
    const died = await takeExport(test_.database, school.clock.now());
    await test_.database.sql`insert into data_export_part (export_id, number, bytes) values (${died?.id ?? ""}, 0, 'half')`;
    await school.exporter.prepareDue();
    expect(await state(token)).toMatchObject({ state: "waiting" });
    school.clock.pass(HOUR / 20);
    await Promise.all([school.exporter.prepareDue(), school.exporter.prepareDue()]);
    expect((await open(token)).data.sections["account"]).toHaveLength(1);
    expect((await letters(asker)).filter((letter) => letter === "dataReady")).toHaveLength(1);
  });

  test("waits for a store that is away, goes without it at the last try, and says so", async () => {
    const away = await openTestSchool(test_.database, { ...noAnalytics, state: () => ({ kind: "away", reason: "restart" }) });
    const { asker, token: first } = await peopleOfOneCourse(away, "student");
    await away.send(first, "POST", "/api/me/data-export", { password });
    for (let tries = 1; tries < TRIES_MAX; tries += 1) {
      await away.exporter.prepareDue();
      away.clock.pass(HOUR / 10);
    }
    const token = await away.signIn(asker);
    const waiting = (await (await away.send(token, "GET", "/api/me/data-export")).json()) as DataExportState;
    expect(waiting.export?.state).toBe("waiting");
    await away.exporter.prepareDue();
    const answer = await away.send(token, "GET", "/api/me/data-export/file");
    const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    expect(strFromU8(entries["left-out.json"] ?? new Uint8Array())).toContain("more than two weeks ago");
    await away.close();
  });

  test("can be taken back while it is prepared", async () => {
    const { asker, token } = await peopleOfOneCourse(school, "student");
    await ask(token);
    expect((await school.send(token, "DELETE", "/api/me/data-export")).status).toBe(204);
    await school.exporter.prepareDue();
    expect([await state(token), (await letters(asker)).includes("dataReady")]).toEqual([null, false]);
  });
});
