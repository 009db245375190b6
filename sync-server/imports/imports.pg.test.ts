import type { ImportLine, PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { InvitationLinks } from "../admin/invitation-links.ts";
import { fromCommandLine } from "../audit/audit.ts";
import { createCourse } from "../courses/create-course.ts";
import { unenrol } from "../courses/enrol.ts";
import { createTestDatabase, mortal } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { erasePerson } from "../own-data/erase-person.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, TEST_ORIGIN, testSend } from "../users/test-users.ts";
import { inParts, WorkLoop } from "../work-loop.ts";
import { ImportWorker } from "./import-worker.ts";
import { PeopleImports } from "./people-imports.ts";
import { importRoutes } from "./routes.ts";

const password = "correct horse";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let app: Hono;
let hash: string;
let token: string;
let adminId: string;
let told: string[];
let worker: ImportWorker;

const sql = () => test_.database.sql;
const newWorker = (database = test_.database): ImportWorker =>
  new ImportWorker({ database, clock, random: systemRandom, hints: { publish: (scopes) => void told.push(...scopes) }, origin: "http://localhost", onLetter: () => undefined });

beforeAll(async () => {
  test_ = await createTestDatabase();
  hash = await new Passwords().hash(password);
});
afterAll(() => test_.drop());
beforeEach(async () => {
  clock = new TestClock();
  told = [];
  const { database } = test_;
  worker = newWorker();
  ({ app } = openTestUsers({ database, clock, more: () => importRoutes({ database, imports: new PeopleImports({ database, clock, random: systemRandom, onWork: () => undefined }), links: new InvitationLinks({ database, clock, random: systemRandom, origin: TEST_ORIGIN, handsOnLinks: true }) }) }));
  await database.sql`delete from people_import`;
  await database.sql`delete from school_setting`;
  const admin = await person("administrator", `${newId()}@demo.school`);
  adminId = admin.id;
  token = await tokenOf(admin.email);
});

type Role = "administrator" | "instructor" | "student";

async function person(systemRole: Role, email: string, name = `A ${systemRole}`): Promise<{ id: string; email: string }> {
  const id = newId();
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email, name, systemRole, language: "es", passwordHash: hash }));
  return { id, email };
}

async function course(title: string, state: "published" | "draft" | "trashed" = "published"): Promise<{ id: string; instructorId: string }> {
  const [id, teacher] = [newId(), await person("instructor", `${newId()}@demo.school`)];
  await test_.database.transaction((transaction) => createCourse(transaction, { course: { id, courseId: id, title: { en: title }, description: {}, languages: ["en"], state }, instructor: { userId: teacher.id, name: "Teacher" } }));
  return { id, instructorId: teacher.id };
}

const login = (email: string) => testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
const tokenOf = async (email: string): Promise<string> => ((await (await login(email)).json()) as Session).accessToken;

async function send(method: string, path: string, body?: unknown, as = token): Promise<Response> {
  clock.pass(10);
  const raw = body instanceof Uint8Array;
  return testSend(app, `/api/admin/imports${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, "content-type": raw ? "text/csv" : "application/json" },
    ...(body !== undefined && { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
}
const json = async <Value>(answer: Promise<Response>): Promise<Value> => (await answer).json() as Promise<Value>;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const check = (text: string, query = "") => json<PeopleImport>(send("POST", `?name=people.csv${query}`, bytes(text)));
const linesOf = async (id: string, query = ""): Promise<ImportLine[]> => (await json<{ lines: ImportLine[] }>(send("GET", `/${id}/lines${query}`))).lines;
const state = (id: string) => json<PeopleImport>(send("GET", `/${id}`));
async function workOff(): Promise<void> {
  while (await worker.step()) continue;
}
async function run(text: string, invites = false, query = ""): Promise<PeopleImport> {
  const { id } = await check(text, query);
  await send("POST", `/${id}/run`, { invites });
  await workOff();
  return state(id);
}
async function undo(id: string): Promise<PeopleImport> {
  await send("POST", `/${id}/undo`, {});
  await workOff();
  return state(id);
}
const memberOf = async (courseId: string, email: string): Promise<string | null> => {
  const [row] = await sql()<{ id: string }[]>`select id from person where email = ${email}`;
  const [member] = row ? await sql()<{ place: string }[]>`select body ->> 'role' || ' ' || (body ->> 'state') as place from doc_members where id = ${pairId(courseId, row.id)} and not deleted` : [];
  return member?.place ?? null;
};
const roleOf = async (email: string): Promise<string | null> => (await sql()<{ system_role: string }[]>`select system_role from person where email = ${email}`)[0]?.system_role ?? null;
/** All that a run could have moved: documents, the feed, rights and accounts. */
async function fingerprint(): Promise<unknown> {
  const [row] = await sql()`
    select (select count(*) from doc_history)::text as history, (select string_agg(rev::text, '' order by id) from doc_members) as members, (select max(seq)::text from scope_doc) as feed,
      (select last_value::text from feed_seq) as next, (select md5(string_agg(user_scope::text, '' order by user_id, scope_id)) from user_scope) as grants, (select md5(string_agg(person::text, '' order by id)) from person) as people`;
  return row;
}

describe("an import of people", () => {
  test("I1 is looked through first: every line says what it would do or what is wrong with it, and nothing is changed", async () => {
    const tag = newId();
    const here = await course(`Knots ${tag}`);
    await course(`Twice ${tag}`);
    await course(`Twice ${tag}`);
    await course(`Gone ${tag}`, "trashed");
    const known = await person("student", `known-${tag}@lake.example`);
    await sql()`update person set state = 'suspended' where id = ${(await person("student", `out-${tag}@lake.example`)).id}`;
    const before = await fingerprint();
    const file = [
      "Nombre;Apellidos;Correo electrónico;Rol;Curso;Rol en el curso;Idioma;Teléfono",
      `"Núñez; Nora";;NORA-${tag}@lake.example;estudiante;knots ${tag};;español;1`,
      `Ana;Luz;${known.email};docente;${here.id};Ayudante;;2`,
      `;;${known.email};;;;;3`,
      `Leo;;leo-${tag};;;;;`,
      `;;new-${tag}@lake.example;;;;;`,
      `Leo;;leo-${tag}@lake.example;king;;;;`,
      `Leo;;leo-${tag}@lake.example;;Nowhere ${tag};;;`,
      `Leo;;leo-${tag}@lake.example;;Twice ${tag};;;`,
      `Leo;;leo-${tag}@lake.example;;Gone ${tag};;;`,
      `Leo;;leo-${tag}@lake.example;;;student;;`,
      `Out;;out-${tag}@lake.example;;;;;`,
      `Nora;;nora-${tag}@lake.example;;;;;`,
      `Leo;;leo-${tag}@lake.example;;;;klingon;`,
    ].join("\r\n");
    const found = await check(file);
    expect(found).toMatchObject({ state: "checked", lines: 13, problems: 10, accounts: 1, systemRoles: 1, enrolled: 2, same: 1, ignored: ["Teléfono"] });
    const lines = await linesOf(found.id);
    expect(lines.map(({ line, effects, problem }) => [line, problem ?? effects])).toEqual([
      [2, ["account", "enrolled"]], [3, ["system-role", "enrolled"]], [4, []], [5, "email-wrong"], [6, "name-missing"], [7, "system-role-unknown"], [8, "course-unknown"], [9, "course-several"],
      [10, "course-in-bin"], [11, "course-missing"], [12, "suspended"], [13, "name-differs"], [14, "language-unknown"],
    ]);
    expect([lines[0]?.name, lines[0]?.email, lines[11]?.otherLine]).toEqual(["Núñez; Nora", `nora-${tag}@lake.example`, 2]);
    expect((await linesOf(found.id, "?only=problems&most=3")).map(({ line }) => line)).toEqual([5, 6, 7]);
    expect((await linesOf(found.id, "?only=problems&after=7&most=3")).map(({ line }) => line)).toEqual([8, 9, 10]);
    expect(await fingerprint()).toEqual(before);
  });

  test("I2 reads what schools have: separators, encodings, marks; names like formulas are text; what is no such file is refused with the reason", async () => {
    const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`\u{feff}${text}`, "utf16le"));
    const files: [Uint8Array, string][] = [
      [bytes("\u{feff}email,name\nx@y.example,Zoë"), "Zoë"], [bytes("name\temail\nZoë\tx@y.example\n"), "Zoë"], [bytes("sep=;\r\nemail;name\r\nx@y.example;Zoë"), "Zoë"],
      [Uint8Array.from(Buffer.from("correo;nombre\r\nx@y.example;Zo\u00eb Nu\u00f1ez", "latin1")), "Zoë Nuñez"], [utf16("email\tname\r\nx@y.example\tZoë"), "Zoë"],
      [bytes('email,name\nx@y.example,"=HYPERLINK(""a"")"'), '=HYPERLINK("a")'], [bytes("email,name\nx@y.example,'+Zoë"), "+Zoë"], [bytes("\n\nemail,name\n,\n x@y.example , Zoë \n"), "Zoë"],
    ];
    for (const [file, name] of files) {
      clock.pass(4_000);
      const { id } = await json<PeopleImport>(send("POST", "?name=f.csv", file));
      expect((await linesOf(id)).map((line) => [line.name, line.email, line.problem])).toEqual([[name, "x@y.example", null]]);
    }
    const refused: [Uint8Array, string][] = [
      [bytes("PK\u0003\u0004 workbook"), "workbook"], [bytes("a\0b,c\n1,2"), "not-text"], [bytes(""), "empty"], [bytes("email,name\n\n"), "empty"], [bytes("name,phone\nZ,1"), "no-email-column"],
      [bytes("email,correo\na@b.c,a@b.c"), "column-twice"], [bytes('email,name\na@b.c,"Z'), "quotes"], [bytes(`email\n${"a@b.c\n".repeat(5_001)}`), "too-many-rows"],
    ];
    for (const [file, reason] of refused) {
      clock.pass(4_000);
      const answer = await send("POST", "?name=f.csv", file);
      const { error } = (await answer.json()) as { error: { code: string; details?: { reason: string } } };
      expect([error.code, error.details?.reason]).toEqual(["invalid_input", reason]);
    }
    expect((await send("POST", "?name=f.csv", bytes(`email\n${"x".repeat(1024 * 1024)}`))).status).toBe(413);
  });

  test("I3 is done with its letters, tells the devices, and done again has no effect", async () => {
    const tag = newId();
    const [shown, draft] = [await course(`Shown ${tag}`), await course(`Draft ${tag}`, "draft")];
    const known = await person("student", `known-${tag}@lake.example`, "Known");
    const file = `email,name,role,language,course,course role\na-${tag}@lake.example,Ada,,es,${shown.id},\na-${tag}@lake.example,Ada,,,${draft.id},\nb-${tag}@lake.example,Bo,instructor,,${draft.id},assistant\n${known.email},Other Name,instructor,,${shown.id},observer\n`;
    const done = await run(file, true);
    expect(done).toMatchObject({ state: "done", accounts: 2, systemRoles: 1, enrolled: 4, problems: 0, handled: 4, toHandle: 4 });
    expect([await memberOf(shown.id, `a-${tag}@lake.example`), await memberOf(draft.id, `a-${tag}@lake.example`), await memberOf(draft.id, `b-${tag}@lake.example`), await memberOf(shown.id, known.email)]).toEqual(["student active", "student active", "assistant active", "observer active"]);
    expect([await roleOf(known.email), (await sql()`select name from person where id = ${known.id}`)[0]?.["name"]]).toEqual(["instructor", "Known"]);
    // A student of a draft receives nothing of it, its staff all of it.
    const grants = await sql()<{ who: string; name: string }[]>`
      select person.email as who, scope.name from user_scope join scope on scope.id = scope_id join person on person.id = user_id where to_xid is null and scope.name like 'c%' and person.email like ${`%${tag}%`} order by 1, 2`;
    expect(grants.map(({ who, name }) => `${who.slice(0, 1)} ${name}`)).toEqual([`a c:${shown.id}`, `b c:${draft.id}`, `b cs:${draft.id}`, `k c:${shown.id}`]);
    const letters = await sql()<{ recipient: string; language: string; words: { address: string; about: string } }[]>`select recipient, language, words from mail where recipient like ${`%${tag}%`} order by next_try_at`;
    expect(letters.map(({ recipient, language, words }) => [recipient.slice(0, 1), language, words.about, words.address.includes("#invitation=")])).toEqual([["a", "es", "A administrator", true], ["b", "en", "A administrator", true]]);
    const link = letters[0]?.words.address.split("=")[1];
    expect((await testSend(app, "/api/auth/reset", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token: link, password }) })).status).toBe(204);
    expect((await login(`a-${tag}@lake.example`)).status).toBe(200);
    expect(told).toContain(`c:${shown.id}`);
    const before = await fingerprint();
    expect(await run(file, true)).toMatchObject({ state: "done", accounts: 0, systemRoles: 0, enrolled: 0, courseRoles: 0, same: 4 });
    expect(await fingerprint()).toEqual(before);
    const actions = await sql()<{ action: string }[]>`select action from audit_entry where object_id = ${done.id} order by id`;
    expect(actions.map(({ action }) => action)).toEqual(["people.import", "people.import-done"]);
  });

  test("I4 nobody's own role, the last administrator and the last instructor stay; what is wrong by then is said and the rest goes on", async () => {
    const tag = newId();
    const here = await course(`One teacher ${tag}`);
    const [teacher] = await sql()<{ email: string }[]>`select email from person where id = ${here.instructorId}`;
    const [me] = await sql()<{ email: string }[]>`select email from person where id = ${adminId}`;
    const file = `email,name,role,course,course role\n${me?.email},Me,student,,\n${teacher?.email},T,,${here.id},student\nz-${tag}@lake.example,Z,,${here.id},instructor\n${teacher?.email},T,,${here.id},\n`;
    const { id } = await check(file);
    expect((await linesOf(id)).map(({ problem }) => problem)).toEqual(["own-role", "last-instructor", null, null]);
    const { id: second } = await check(`email,name,course,course role\ny-${tag}@lake.example,Y,${here.id},\n`);
    await sql()`update doc_courses set body = body || '{"state":"trashed"}' where id = ${here.id}`;
    await send("POST", `/${second}/run`, { invites: false });
    await workOff();
    expect([await state(second), (await linesOf(second)).map(({ problem, done }) => [problem, done])]).toMatchObject([{ state: "done", problems: 1, accounts: 0 }, [["course-in-bin", true]]]);
  });

  test("I5 taken back, it takes what it put in; what was used or changed since stays and is said", async () => {
    const tag = newId();
    const [one, two] = [await course(`One ${tag}`), await course(`Two ${tag}`)];
    const mail = (name: string) => `${name}-${tag}@lake.example`;
    const known = await person("student", mail("known"));
    const file = `email,name,role,course,course role\n${mail("fresh")},Fresh,,${one.id},\n${mail("fresh")},Fresh,,${two.id},\n${mail("used")},Used,,${one.id},\n${mail("moved")},Moved,,${one.id},\n${known.email},K,instructor,${one.id},assistant\n${mail("left")},Left,,${one.id},\n`;
    const { id } = await run(file, true);
    await sql()`update person set password_hash = ${hash} where email = ${mail("used")}`;
    await send("POST", "?name=x.csv", bytes(""));
    await run(`email,course,course role\n${mail("moved")},${one.id},assistant\n`);
    const [gone] = await sql()<{ id: string }[]>`select id from person where email = ${mail("left")}`;
    await test_.database.transaction((transaction) => unenrol(transaction, { courseId: one.id, userId: gone?.id ?? "" }));
    const undone = await undo(id);
    expect(undone).toMatchObject({ state: "undone", kept: 2, handled: 6, toHandle: 6 });
    expect((await linesOf(id)).map((line) => line.keptWhy ?? line.undone)).toEqual(["undone", "undone", "account-used", "place-changed", "undone", "undone"]);
    expect(undone.takenBack).toEqual({ accounts: 2, systemRoles: 1, enrolled: 5, courseRoles: 0, courseEnds: 0 });
    expect(await Promise.all(["fresh", "used", "moved", "known", "left"].map((name) => roleOf(mail(name))))).toEqual([null, "student", "student", "student", null]);
    expect([await memberOf(one.id, mail("used")), await memberOf(one.id, mail("moved")), await memberOf(one.id, known.email)]).toEqual(["student left", "assistant active", "assistant left"]);
    expect(await sql()`select 1 from mail where recipient = ${mail("fresh")}`).toEqual([]);
    expect(await sql()`select 1 from doc_members where not deleted and course_id = ${two.id} and body ->> 'name' = 'Fresh'`).toEqual([]);
    expect((await sql()<{ action: string }[]>`select action from audit_entry where object_id = ${id} order by id`).map(({ action }) => action)).toEqual(["people.import", "people.import-done", "people.import-undo", "people.import-undone"]);
  });

  test("I3 who is in a course keeps their group and their end there; whose place has ended comes in anew", async () => {
    const tag = newId();
    const here = await course(`Groups ${tag}`);
    const [stays, returns] = [await person("student", `stays-${tag}@lake.example`), await person("student", `returns-${tag}@lake.example`)];
    await run(`email,course\n${stays.email},${here.id}\n${returns.email},${here.id}\n`);
    const [group, later] = [newId(), Date.now() + 86_400_000];
    await sql()`update doc_members set body = body || ${sql().json({ groupId: group, endsAt: later })} where id = ${pairId(here.id, stays.id)}`;
    await sql()`update doc_members set body = body || ${sql().json({ endsAt: 1 })} where id = ${pairId(here.id, returns.id)}`;
    expect(await run(`email,course,course role\n${stays.email},${here.id},observer\n${returns.email},${here.id},\n`)).toMatchObject({ courseRoles: 1, enrolled: 1 });
    const bodies = await sql()<{ body: object }[]>`select body from doc_members where id = any(${[pairId(here.id, stays.id), pairId(here.id, returns.id)]}::uuid[]) order by body ->> 'role'`;
    expect(bodies.map(({ body }) => body)).toMatchObject([{ role: "observer", groupId: group, endsAt: later }, { role: "student", state: "active" }]);
    expect(bodies[1]?.body).not.toHaveProperty("endsAt");
  });

  test("I9 says until when a place lasts: a day ends where the importer is, an hour counts with its zone; what is wrong is named, and nothing is changed", async () => {
    const tag = newId();
    const [here, there] = [await course(`Ends ${tag}`), await course(`Else ${tag}`)];
    const [teacher] = await sql()<{ email: string }[]>`select email from person where id = ${here.instructorId}`;
    const known = await person("student", `known-${tag}@lake.example`);
    await run(`email,course\n${known.email},${here.id}\n`);
    const before = await fingerprint();
    const file = [
      "Correo;Nombre;Curso;Rol en el curso;Hasta", `a-${tag}@lake.example;Ada;${here.id};;2031-07-18`, `b-${tag}@lake.example;Bo;${here.id};asistente;2031-07-18T14:00+01:00`, `${known.email};;${here.id};;2031-07-18`,
      `c-${tag}@lake.example;Cy;${here.id};;18/07/2031`, `c-${tag}@lake.example;Cy;${here.id};;2031-02-29`, `c-${tag}@lake.example;Cy;${here.id};;2031-07-18T14:00`, `c-${tag}@lake.example;Cy;${here.id};;2026-10-30`,
      `c-${tag}@lake.example;Cy;;;2031-07-18`, `e-${tag}@lake.example;Ed;${here.id};docente;2031-07-18`, `${teacher?.email};;${here.id};;2031-07-18`, `a-${tag}@lake.example;Ada;ends ${tag};;2031-07-19`,
      `a-${tag}@lake.example;Ada;${there.id};;2031-07-19`, `d-${tag}@lake.example;Di;${here.id};;`,
    ].join("\n");
    const found = await check(file, "&timeZone=America/Lima");
    expect(found).toMatchObject({ state: "checked", lines: 13, problems: 8, accounts: 3, enrolled: 4, courseEnds: 4, courseRoles: 0, same: 0, ignored: [] });
    const lines = await linesOf(found.id);
    expect(lines.map(({ effects, problem, otherLine }) => problem ?? effects.join(" ") + (otherLine ?? ""))).toEqual([
      "account enrolled course-end", "account enrolled course-end", "course-end", "end-wrong", "end-wrong", "end-wrong", "end-past", "course-missing", "end-of-instructor", "end-of-instructor", "end-differs", "enrolled course-end",
      "account enrolled",
    ]);
    const iso = (at: number | null | undefined) => (typeof at === "number" ? new Date(at).toISOString() : null);
    expect([0, 1, 2, 12].map((index) => iso(lines[index]?.endsAt))).toEqual(["2031-07-19T04:59:59.999Z", "2031-07-18T13:00:00.000Z", "2031-07-19T04:59:59.999Z", null]);
    expect(lines[10]?.otherLine).toBe(2);
    expect(await fingerprint()).toEqual(before);
    expect(iso((await linesOf((await check(`email,course,last day\n${known.email},${here.id},2031-07-18\n`)).id))[0]?.endsAt)).toBe("2031-07-18T23:59:59.999Z");
    const refused = await send("POST", "?name=people.csv&timeZone=Moon/Crater", bytes(file));
    expect([refused.status, await codeOf(refused)]).toEqual([400, "invalid_input"]);
  });

  test("I9 I3 I5 I8 ends are set and logged, the same file again changes nothing, and taken back each is what it was, unless somebody changed it since", async () => {
    const tag = newId();
    const [here, dated] = [await course(`Set ${tag}`), await course(`Dated ${tag}`)];
    const names = ["open", "ended", "raised", "moved", "later"];
    const mail = (name: string) => `${name}-${tag}@lake.example`;
    const people = new Map(await Promise.all(names.map(async (name) => [name, (await person("student", mail(name))).id] as const)));
    const courseEnd = Date.UTC(2031, 5, 30);
    await sql()`insert into course_entry (course_id, place_ends_at) values (${dated.id}, ${new Date(courseEnd)})`;
    await run(`email,course,until\n${mail("open")},${here.id},\n${mail("ended")},${here.id},2031-01-31\n${mail("raised")},${here.id},2031-01-31\n${mail("moved")},${here.id},\n${mail("later")},${here.id},\n`);
    const endsOf = async (courseId = here.id) =>
      Object.fromEntries((await sql()<{ name: string; ends: string | null }[]>`
        select split_part(person.email, '-', 1) as name, member.body ->> 'role' || coalesce(' ' || to_char(to_timestamp((member.body ->> 'endsAt')::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD'), '') as ends
        from doc_members as member join person on person.id = member.owner_id where member.course_id = ${courseId} and not member.deleted and member.body ->> 'state' = 'active' and person.email like ${`%${tag}%`}`).map(({ name, ends }) => [name, ends]));
    const old = { open: "student", ended: "student 2031-01-31", raised: "student 2031-01-31", moved: "student", later: "student" };
    expect(await endsOf()).toEqual(old);

    const file = [
      "email,name,course,course role,until", `${mail("fresh")},Fresh,${here.id},,2031-07-18`, `${mail("open")},,${here.id},,2031-07-18`, `${mail("ended")},,${here.id},observer,2031-07-18`, `${mail("raised")},,${here.id},instructor,`,
      `${mail("moved")},,${here.id},,2031-07-18`, `${mail("later")},,${here.id},observer,`, `${mail("fresh")},Fresh,${dated.id},,`, `${mail("open")},,${dated.id},,2031-07-18`,
    ].join("\n");
    const done = await run(file);
    expect(done).toMatchObject({ state: "done", accounts: 1, enrolled: 3, courseRoles: 3, courseEnds: 5, same: 0, problems: 0 });
    expect(await endsOf()).toEqual({ fresh: "student 2031-07-18", open: "student 2031-07-18", ended: "observer 2031-07-18", raised: "instructor", moved: "student 2031-07-18", later: "observer" });
    expect(await endsOf(dated.id)).toEqual({ fresh: "student 2031-06-30", open: "student 2031-07-18" });
    const before = await fingerprint();
    expect(await run(file)).toMatchObject({ state: "done", accounts: 0, enrolled: 0, courseRoles: 0, courseEnds: 0, same: 8 });
    expect(await fingerprint()).toEqual(before);

    // By hand since: another end, and another role.
    const set = (name: string, change: object) => sql()`update doc_members set body = body || ${sql().json(change as never)} where id = ${pairId(here.id, people.get(name) ?? "")}`;
    await set("moved", { endsAt: Date.UTC(2032, 0, 1) });
    await set("later", { role: "assistant" });
    const undone = await undo(done.id);
    expect(undone.takenBack).toEqual({ accounts: 1, systemRoles: 0, enrolled: 3, courseRoles: 2, courseEnds: 2 });
    expect((await linesOf(done.id)).map((line) => line.keptWhy ?? line.undone)).toEqual(["undone", "undone", "undone", "undone", "place-changed", "place-changed", "undone", "undone"]);
    expect([await endsOf(), await endsOf(dated.id)]).toEqual([{ ...old, moved: "student 2032-01-01", later: "assistant" }, {}]);

    const logged = async (name: string) => (await sql()<{ action: string; details: object }[]>`select action, details from audit_entry where object_id = ${people.get(name) ?? ""} and details ->> 'import' = ${done.id} order by id`).map(({ action, details }) => [action, details]);
    const [of, last, first] = [(line: number, courseId = here.id) => ({ course: courseId, import: done.id, file: "people.csv", line }), Date.UTC(2031, 6, 19) - 1, Date.UTC(2031, 1, 1) - 1];
    expect(await logged("ended")).toEqual([["member.role", { from: "student", role: "observer", ...of(4) }], ["member.end", { endsAt: last, ...of(4) }], ["member.role", { from: "observer", role: "student", ...of(4) }], ["member.end", { endsAt: first, ...of(4) }]]);
    expect(await logged("open")).toEqual([
      ["member.end", { endsAt: last, ...of(3) }], ["member.add", { role: "student", ...of(9, dated.id) }], ["member.end", { endsAt: last, ...of(9, dated.id) }], ["member.remove", of(9, dated.id)], ["member.end", { endsAt: null, ...of(3) }],
    ]);
    const [counted] = await sql()`select details from audit_entry where object_id = ${done.id} and action = 'people.import-undone'`;
    expect(counted?.["details"]).toMatchObject({ courseEnds: 2, kept: 2 });
  });

  test("I9 I4 an end that has passed by the time that the line is done is said, and the rest goes on", async () => {
    const tag = newId();
    const here = await course(`Soon ${tag}`);
    const { id } = await check(`email,name,course,until\na-${tag}@lake.example,Ada,${here.id},${new Date(clock.now() + 60_000).toISOString()}\nb-${tag}@lake.example,Bo,${here.id},2031-07-18\n`);
    expect((await linesOf(id)).map(({ problem }) => problem)).toEqual([null, null]);
    clock.pass(60_000);
    await send("POST", `/${id}/run`, { invites: false });
    await workOff();
    expect((await linesOf(id)).map(({ problem, done }) => [problem, done])).toEqual([["end-past", true], [null, true]]);
    expect([await roleOf(`a-${tag}@lake.example`), await memberOf(here.id, `b-${tag}@lake.example`)]).toEqual([null, "student active"]);
  });

  test("I8 each account, role and place stands in the log of its person as if done by hand, with the import and its line; taken back too, and the command line says that it was it", async () => {
    const tag = newId();
    const here = await course(`Logged ${tag}`);
    const known = await person("student", `known-${tag}@lake.example`);
    const entriesOf = async (id: string) =>
      (await sql()<{ by: string | null; action: string; details: object }[]>`select actor_id as by, action, details from audit_entry where object_id = ${id} and object_kind = 'person' and action <> 'sign-in' order by id`).map(({ by, action, details }) => [by, action, details]);
    const { id } = await run(`email,name,role,course,course role\na-${tag}@lake.example,Ada,instructor,${here.id},assistant\n${known.email},K,instructor,${here.id},student\n`);
    const [ada] = await sql()<{ id: string }[]>`select id from person where email = ${`a-${tag}@lake.example`}`;
    const { id: second } = await run(`email,course,course role\n${known.email},${here.id},observer\n`);
    const of = (line: number, of_ = id) => ({ import: of_, file: "people.csv", line });
    const first = [
      [[adminId, "person.create", { role: "instructor", ...of(2) }], [adminId, "member.add", { course: here.id, role: "assistant", ...of(2) }]],
      [[adminId, "person.role", { from: "student", to: "instructor", ...of(3) }], [adminId, "member.add", { course: here.id, role: "student", ...of(3) }], [adminId, "member.role", { course: here.id, from: "student", role: "observer", ...of(2, second) }]],
    ];
    expect([await entriesOf(ada?.id ?? ""), await entriesOf(known.id)]).toEqual(first);
    await undo(second);
    const commanded = new PeopleImports({ database: test_.database, clock, random: systemRandom, onWork: () => undefined });
    await commanded.undo(fromCommandLine, id);
    await workOff();
    const by = { by: "command line" };
    expect(await entriesOf(ada?.id ?? "")).toEqual([...(first[0] ?? []), [null, "member.remove", { course: here.id, ...of(2), ...by }], [null, "person.remove", { ...of(2), ...by }]]);
    expect((await entriesOf(known.id)).slice(3)).toEqual([[adminId, "member.role", { course: here.id, from: "observer", role: "student", ...of(2, second) }], [null, "person.role", { from: "instructor", to: "student", ...of(3), ...by }], [null, "member.remove", { course: here.id, ...of(3), ...by }]]);
    const [last] = await sql()`select details from audit_entry where object_id = ${id} order by id desc limit 1`;
    expect(last?.["details"]).toMatchObject({ file: "people.csv", lines: 2, ...by });
  });

  test("EN3 I1 that a file brings more students than seats is a note of its course, before and after, and no problem", async () => {
    const tag = newId();
    const [full, wide, free] = [await course(`Full ${tag}`), await course(`Wide ${tag}`), await course(`Free ${tag}`)];
    for (const [one, seats] of [[full, 3], [wide, 9]] as const) await sql()`insert into course_entry (course_id, seats) values (${one.id}, ${seats})`;
    const [studies, watches] = [await person("student", `studies-${tag}@lake.example`), await person("student", `watches-${tag}@lake.example`)];
    await run(`email,course,course role\n${studies.email},${full.id},student\n${watches.email},${full.id},observer\n`);
    const row = (name: string, courseId: string, role = "") => `${name}-${tag}@lake.example,${name},${courseId},${role}\n`;
    const head = "email,name,course,course role\n";
    // One is in already and one watches on; who has no place by the file takes no seat.
    const fits = await check(head + row("a", full.id) + row("b", full.id) + row("studies", full.id) + row("c", full.id, "observer") + row("d", full.id, "king"));
    expect([fits.problems, fits.fullCourses]).toEqual([1, []]);
    const file = head + row("a", full.id) + row("b", full.id) + row("a", full.id) + row("watches", full.id, "student") + row("c", full.id, "assistant") + row("a", wide.id) + row("a", free.id);
    const { id, fullCourses, problems } = await check(file);
    const title = { en: `Full ${tag}` };
    expect([problems, fullCourses]).toEqual([0, [{ title, seats: 3, students: 1, after: 4 }]]);
    // Who studies and is made something else by the file leaves a seat.
    expect((await check(file + row("studies", full.id, "observer"))).fullCourses).toEqual([]);
    await send("POST", `/${id}/run`, { invites: false });
    await workOff();
    expect([(await state(id)).fullCourses, (await state(id)).problems]).toEqual([[{ title, seats: 3, students: 4, after: 4 }], 0]);
    expect((await run(file)).fullCourses).toEqual([]);
    expect((await undo(id)).fullCourses).toEqual([]);
    expect((await json<{ imports: PeopleImport[] }>(send("GET", ""))).imports.map((one) => one.fullCourses)).toEqual([[], [], []]);
  });

  test("I5 whoever waited for a seat gets the one that comes free", async () => {
    const tag = newId();
    const here = await course(`One seat ${tag}`);
    const waiting = await person("student", `waits-${tag}@lake.example`);
    const { id } = await run(`email,name,course\nin-${tag}@lake.example,In,${here.id}\n`);
    await sql()`insert into course_entry (course_id, seats) values (${here.id}, 1) on conflict (course_id) do update set seats = 1`;
    await sql()`insert into course_waiting (course_id, person_id, since) values (${here.id}, ${waiting.id}, now())`;
    await undo(id);
    expect([await memberOf(here.id, waiting.email), (await sql()`select letter from mail where recipient = ${waiting.email}`)[0]?.["letter"]]).toEqual(["student active", "seat"]);
  });

  test("I4 SF4 who gets a role of staff by a file, or back by its undoing, comes in again as the school asks of staff, and it is in the log", async () => {
    const tag = newId();
    const [raised, lowered] = [await person("student", `up-${tag}@lake.example`), await person("instructor", `down-${tag}@lake.example`)];
    // Also somebody who has a factor by now: their session was opened with a password alone.
    await sql()`insert into second_factor (id, person_id, kind, name, created_at, sealed_secret, last_step) values (${newId()}, ${raised.id}, 'totp', '', now(), '\\x00', 0)`;
    const open = async (id: string) => (await sql()`select 1 from session where person_id = ${id} and ended_at is null`).length;
    const signIn = (id: string) => sql()`insert into session (id, person_id, created_at, token_number, rotated_at, confirmed_number, device) values (${newId()}, ${id}, now(), 1, now(), 0, '')`;
    const roles = async (id: string) => (await sql()<{ actor: string; details: unknown }[]>`select actor_id as actor, details from audit_entry where object_id = ${id} and action = 'person.role' order by id`).map(({ actor, details }) => [actor, details]);
    for (const { id } of [raised, lowered]) await signIn(id);
    await sql()`insert into school_setting (name, value) values ('secondFactor', '"required"') on conflict (name) do update set value = excluded.value`;
    const { id } = await run(`email,role\n${raised.email},administrator\n${lowered.email},student\n`);
    expect([await open(raised.id), await open(lowered.id)]).toEqual([0, 1]);
    await undo(id);
    const line = (number: number) => ({ import: id, file: "people.csv", line: number });
    expect([await roleOf(raised.email), await roleOf(lowered.email), await open(lowered.id)]).toEqual(["student", "instructor", 0]);
    expect(await roles(raised.id)).toEqual([[adminId, { from: "student", to: "administrator", ...line(2) }], [adminId, { from: "administrator", to: "student", ...line(2) }]]);
    expect(await roles(lowered.id)).toEqual([[adminId, { from: "instructor", to: "student", ...line(3) }], [adminId, { from: "student", to: "instructor", ...line(3) }]]);
  });

  test("I4 whose account will be closed does not count as the one who stays", async () => {
    const tag = newId();
    const [here, other, leaving] = [await course(`Leaving ${tag}`), await person("administrator", `other-${tag}@lake.example`), await person("instructor", `leaving-${tag}@lake.example`)];
    await run(`email,course,course role\n${leaving.email},${here.id},instructor\n`);
    const [teacher] = await sql()<{ email: string }[]>`select email from person where id = ${here.instructorId}`;
    await sql()`update person set state = 'suspended' where system_role = 'administrator' and id <> all(${[adminId, other.id]}::uuid[])`;
    await sql()`update person set closing_at = now() + interval '1 day' where id = any(${[adminId, leaving.id]}::uuid[])`;
    const { id } = await run(`email,role,course,course role\n${other.email},student,,\n${teacher?.email},,${here.id},student\n`);
    expect((await linesOf(id)).map(({ problem }) => problem)).toEqual(["last-administrator", "last-instructor"]);
    expect([await roleOf(other.email), await memberOf(here.id, teacher?.email ?? "")]).toEqual(["administrator", "instructor active"]);
  });

  test("I4 I7 what an administrator began ends with their account; what the command line began goes on", async () => {
    const tag = newId();
    const { id } = await check(`email,name\na-${tag}@lake.example,Ada\n`);
    await send("POST", `/${id}/run`, { invites: false });
    await test_.database.transaction((transaction) => erasePerson(transaction, { id: adminId, email: "" }, new Date()));
    await workOff();
    const commanded = new PeopleImports({ database: test_.database, clock, random: systemRandom, onWork: () => undefined });
    const { id: second } = await commanded.check(fromCommandLine, { name: "b.csv", timeZone: "UTC", bytes: bytes(`email,name\nb-${tag}@lake.example,Bo\n`) });
    await commanded.run(fromCommandLine, second, { invites: false });
    await workOff();
    const states = await sql()<{ state: string }[]>`select state from people_import where id = any(${[id, second]}::uuid[]) order by state`;
    expect([states.map(({ state: one }) => one), await roleOf(`a-${tag}@lake.example`), await roleOf(`b-${tag}@lake.example`)]).toEqual([["canceled", "done"], null, "student"]);
  });

  test("I6 5,000 lines are done, stopped, gone on with after the process died, done again without effect, and taken back", async () => {
    const tag = newId();
    const courses = await Promise.all(Array.from({ length: 10 }, (_, number) => course(`Class ${number} ${tag}`)));
    const head = "email,name,role,course,course role,until\n";
    const day = (number: number) => `2031-${String((number % 12) + 1).padStart(2, "0")}-${String((number % 28) + 1).padStart(2, "0")}`;
    const file = head + Array.from({ length: 5_000 }, (_, number) => `p${number >> 1}-${tag}@lake.example,Person ${number >> 1},student,${courses[(number >> 1) % 5 + (number % 2) * 5]?.id},student,${day(number)}\n`).join("");
    const start = performance.now();
    const { id, accounts, enrolled, courseEnds } = await check(file, "&timeZone=America/Santiago");
    const looked = performance.now();
    expect([accounts, enrolled, courseEnds]).toEqual([2_500, 5_000, 5_000]);
    await send("POST", `/${id}/run`, { invites: false });
    for (let part = 0; part < 4; part += 1) await worker.step();
    expect(await state(id)).toMatchObject({ state: "running", handled: 1_000, toHandle: 5_000 });

    await send("POST", `/${id}/cancel`, {});
    expect([await worker.step(), (await state(id)).state]).toEqual([false, "canceled"]);
    await send("POST", `/${id}/run`, { invites: false });
    // Two instances at once, and then both die in the middle of a part.
    const processes = [mortal(test_.database), mortal(test_.database)];
    const others = processes.map(({ database }) => newWorker(database)).map((one) => new WorkLoop({ name: "import", log: silentLog, work: inParts(() => one.step(), 1_000), lookMsMax: 1_000 }));
    for (const one of others) one.start();
    await expect.poll(async () => (await state(id)).handled, { timeout: 20_000, interval: 20 }).toBeGreaterThan(1_500);
    for (const one of processes) one.kill();
    for (const one of others) await one.stop();
    const half = await state(id);
    expect([half.state, half.handled % 250, half.handled < 5_000]).toEqual(["running", 0, true]);
    worker = newWorker();
    await workOff();
    const ended = performance.now();
    expect(await state(id)).toMatchObject({ state: "done", accounts: 2_500, enrolled: 5_000, problems: 0, same: 0, handled: 5_000 });
    expect((await sql()`select count(*)::int as count from person where email like ${`%${tag}%`}`)[0]?.["count"]).toBe(2_500);
    expect((await sql()`select count(*)::int as count from doc_members where course_id = any(${courses.map((one) => one.id)}::uuid[]) and body ->> 'role' = 'student' and body ->> 'state' = 'active'`)[0]?.["count"]).toBe(5_000);

    const before = await fingerprint();
    const again = performance.now();
    expect(await run(file, false, "&timeZone=America/Santiago")).toMatchObject({ state: "done", accounts: 0, enrolled: 0, courseEnds: 0, same: 5_000 });
    const repeated = performance.now();
    expect(await fingerprint()).toEqual(before);
    expect(await undo(id)).toMatchObject({ state: "undone", kept: 0, handled: 5_000 });
    const undone = performance.now();
    expect(await sql()`select 1 from person where email like ${`%${tag}%`}`).toEqual([]);
    // By far less on a machine that does nothing else: what this guards against is a statement for each line.
    expect(ended - looked).toBeLessThan(20_000);
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
    console.log(`5,000 lines: looked through in ${seconds(start, looked)} s, done in ${seconds(looked, ended)} s with a stop and a crash, again in ${seconds(again, repeated)} s, taken back in ${seconds(repeated, undone)} s`);
  }, 120_000);

  test("I7 is for administrators alone, also while it runs: who is none any more gets no further", async () => {
    const tag = newId();
    const { id } = await check(`email,name\na-${tag}@lake.example,Ada\n`);
    const other = await person("instructor", `${newId()}@demo.school`);
    const theirs = await tokenOf(other.email);
    for (const [method, path] of [["GET", ""], ["POST", "?name=x"], ["GET", `/${id}`], ["GET", `/${id}/lines`], ["POST", `/${id}/run`], ["POST", `/${id}/cancel`], ["POST", `/${id}/undo`]] as const) {
      expect((await send(method, path, method === "POST" ? bytes("email\na@b.c") : undefined, theirs)).status).toBe(403);
    }
    expect(await codeOf(await send("GET", `/${newId()}`))).toBe("forbidden");
    expect(await codeOf(await send("POST", `/${id}/undo`, {}))).toBe("invalid_input");
    await send("POST", `/${id}/run`, { invites: false });
    await sql()`update person set system_role = 'student' where id = ${adminId}`;
    await workOff();
    const [job] = await sql()`select state from people_import where id = ${id}`;
    expect([job?.["state"], await roleOf(`a-${tag}@lake.example`)]).toEqual(["canceled", null]);
  });
});
