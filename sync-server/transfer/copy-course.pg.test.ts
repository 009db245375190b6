import { join } from "node:path";
import { existsSync } from "node:fs";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { filesOf, type PageContent } from "@mochila/shared/pages/content.ts";
import { bodyId, type BodyItem, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { CourseCopy } from "@mochila/shared/courses/copy.ts";
import type { Hono } from "hono";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCourse } from "../courses/create-course.ts";
import { enrol } from "../courses/enrol.ts";
import { createTestDatabase, mortal } from "../db/test-database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { insertFile, shareFiles } from "../files/file-reference.ts";
import { publishContent } from "../pages/publish.ts";
import { putRoomContent, readRoomContent } from "../pages/room-content.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, testSend } from "../users/test-users.ts";
import { CopyWorker } from "./copy-course.ts";
import { copyRoutes } from "./copy-routes.ts";
import { readCourseFolder } from "./course-folder.ts";
import { planCourse } from "./course-plan.ts";
import { importCourse } from "./import-course.ts";

const password = "correct horse";
const realData = [process.env["MOCHILA_DATA"], join(import.meta.dirname, "..", "..", "..", "shared", "data")].find((path) => path !== undefined && existsSync(path));

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
const clock = new TestClock();
let app: Hono;
let hash: string;
let root: string;

const sql = () => test_.database.sql;
const newWorker = (database = test_.database) => new CopyWorker({ database, clock, random: systemRandom, hints: { publish: () => undefined } });
async function workOff(): Promise<void> {
  const worker = newWorker();
  while (await worker.step()) continue;
}

beforeAll(async () => {
  test_ = await createTestDatabase();
  hash = await new Passwords().hash(password);
  root = await mkdtemp(join(tmpdir(), "mochila-copy-"));
  ({ app } = openTestUsers({ database: test_.database, clock, more: () => copyRoutes({ database: test_.database, clock, random: systemRandom, onWork: () => undefined }) }));
});
afterAll(async () => {
  await test_.drop();
  await rm(root, { recursive: true });
});

interface Who {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

async function person(systemRole: "administrator" | "instructor" | "student"): Promise<Who> {
  const id = newId();
  const email = `${id}@demo.school`;
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email, name: `A ${systemRole}`, systemRole, language: "en", passwordHash: hash }));
  const answer = await testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
  return { id, email, token: ((await answer.json()) as Session).accessToken };
}

async function send(who: Who, method: string, path: string, body?: unknown): Promise<Response> {
  clock.pass(20_000);
  return testSend(app, path, { method, headers: { authorization: `Bearer ${who.token}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
const paragraph = (text: string, file?: string): PageContent => ({
  type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }, ...(file === undefined ? [] : [{ type: "image" as const, attrs: { file, alt: "A knot", caption: "" } }])],
});

/** A course with a published page in two languages and a picture, text in the editor that is not published, a draft, and pages in the bin. */
async function school() {
  const [teacher, student] = [await person("instructor"), await person("student")];
  const [courseId, moduleId, binnedModule, shown, draft, binned, lost, file] = [newId(), newId(), newId(), newId(), newId(), newId(), newId(), newId()];
  await test_.database.transaction(async (transaction) => {
    await createCourse(transaction, { course: { id: courseId, courseId, title: { en: "Knots", es: "Nudos" }, description: { en: "All of them" }, languages: ["en", "es"], state: "published", source: "CC BY" }, instructor: { userId: teacher.id, name: "T" } });
    await enrol(transaction, { courseId, userId: student.id, name: "S", role: "student" });
    const module = (id: string, state: Module["state"]) => ({ collection: "modules", document: { id, courseId, title: { en: "First" }, order: "V", state, minutes: 5 } });
    await writeDocuments(transaction, [module(moduleId, "published"), module(binnedModule, "trashed")]);
    const page = (id: string, state: PageItem["state"], within = moduleId): PageItem => ({ id, rev: id, courseId, kind: "page", moduleId: within, title: { en: `Page ${id}` }, order: "V", state });
    await insertFile(transaction, { id: file, courseId, ownerId: teacher.id, scope: "cs", hash: new Uint8Array(32).fill(7), name: "knot.png", type: "image/png", bytes: 10, sentBytes: 10 });
    await publishContent(transaction, { writeDocuments, readDocuments, shareFiles }, { item: page(shown, "published"), contents: { en: paragraph("Tie it", file), es: paragraph("Átalo") }, at: clock.now() });
    await writeDocuments(transaction, [page(draft, "draft"), page(binned, "trashed"), page(lost, "draft", binnedModule)].map((document) => ({ collection: "items", document })));
    await putRoomContent(transaction, { room: pageRoom(shown, "en"), content: paragraph("Tie it better", file), instance: newId() });
    await putRoomContent(transaction, { room: pageRoom(draft, "es"), content: paragraph("Un borrador"), instance: newId() });
  });
  return { teacher, student, courseId, shown, draft, file };
}

const documentsOf = async <Kind>(collection: "modules" | "items" | "members", courseId: string): Promise<Kind[]> => {
  const rows = await sql()<{ id: string; body: object }[]>`select id, body from ${sql()(`doc_${collection}`)} where course_id = ${courseId} and not deleted order by id`;
  return rows.map(({ id, body }) => ({ id, ...body }) as Kind);
};
const pagesOf = async (courseId: string) => (await documentsOf<PageItem>("items", courseId)).filter(({ kind }) => kind === "page");

describe("a copy of a course", () => {
  test("CC1 has its modules, pages, texts of both languages and pictures, as a draft, and nobody but its instructor", async () => {
    const { teacher, student, courseId, shown, draft, file } = await school();
    const copyId = newId();
    const asked = { id: copyId, title: { en: "Knots again" } };
    expect(await (await send(teacher, "POST", `/api/courses/${courseId}/copy`, asked)).json()).toMatchObject({ id: copyId, state: "running", done: 0, total: 4 });
    expect((await send(teacher, "POST", `/api/courses/${courseId}/copy`, asked)).status).toBe(200);
    await workOff();
    expect(await (await send(teacher, "GET", `/api/course-copies/${copyId}`)).json()).toEqual({ id: copyId, state: "done", done: 4, total: 4 });
    const course = (await readDocuments(sql(), "courses", [copyId])).get(copyId);
    expect(course).toMatchObject({ title: { en: "Knots again" }, description: { en: "All of them" }, languages: ["en", "es"], state: "draft", source: "CC BY" });
    expect((await documentsOf<{ userId: string; role: string }>("members", copyId)).map(({ userId, role }) => [userId, role])).toEqual([[teacher.id, "instructor"]]);
    const modules = await documentsOf<Module>("modules", copyId);
    expect(modules).toMatchObject([{ title: { en: "First" }, state: "published", minutes: 5 }]);
    const pages = await pagesOf(copyId);
    expect(pages.map(({ title, state, moduleId }) => [title.en, state, moduleId]).toSorted()).toEqual([[`Page ${shown}`, "published", modules[0]?.id], [`Page ${draft}`, "draft", modules[0]?.id]].toSorted());
    const [first, second] = [pages.find(({ state }) => state === "published"), pages.find(({ state }) => state === "draft")];
    const bodies = await readDocuments(sql(), "items", [bodyId(first?.id ?? "", "en"), bodyId(first?.id ?? "", "es")]);
    const english = (bodies.get(bodyId(first?.id ?? "", "en")) as BodyItem).content;
    expect([JSON.stringify(english).includes("Tie it"), bodies.size, filesOf(english).length]).toEqual([true, 2, 1]);
    // The same bytes under a reference of the copy, which its students will read.
    const files = await sql()<{ id: string; course_id: string; scope: string; hash: Buffer }[]>`select id, course_id, scope, hash from file_ref where course_id = ${copyId}`;
    expect(files).toMatchObject([{ id: filesOf(english)[0], scope: "c" }]);
    expect([files[0]?.id === file, files[0]?.hash.equals(Buffer.alloc(32, 7))]).toEqual([false, true]);
    const inRoom = await readRoomContent(sql(), pageRoom(first?.id ?? "", "en"));
    expect([JSON.stringify(inRoom).includes("Tie it better"), filesOf(inRoom ?? paragraph(""))]).toEqual([true, [files[0]?.id]]);
    expect(JSON.stringify(await readRoomContent(sql(), pageRoom(first?.id ?? "", "es")))).toContain("Átalo");
    expect(JSON.stringify(await readRoomContent(sql(), pageRoom(second?.id ?? "", "es")))).toContain("Un borrador");
    expect(await sql()`select 1 from user_scope join scope on scope.id = scope_id where user_id = ${student.id} and name in (${`c:${copyId}`}, ${`cs:${copyId}`})`).toEqual([]);
    expect((await sql()`select action from audit_entry where object_id = ${copyId}`)[0]).toEqual({ action: "course.copy" });
  });

  test("CC2 is for who teaches the course, and for administrators, who give it to somebody; a foreign id is refused", async () => {
    const { teacher, student, courseId } = await school();
    const [admin, other] = [await person("administrator"), await person("instructor")];
    const copy = (who: Who, more: object = {}) => send(who, "POST", `/api/courses/${courseId}/copy`, { id: newId(), title: { en: "C" }, ...more });
    for (const who of [student, other]) expect(await codeOf(await copy(who))).toBe("forbidden");
    expect(await codeOf(await copy(teacher, { instructor: other.email }))).toBe("forbidden");
    expect(await codeOf(await copy(teacher, { id: courseId }))).toBe("forbidden");
    expect(await codeOf(await copy(teacher, { title: {} }))).toBe("invalid_input");
    const { id } = (await (await copy(admin, { instructor: other.email })).json()) as CourseCopy;
    expect(await codeOf(await send(teacher, "GET", `/api/course-copies/${id}`))).toBe("forbidden");
    await workOff();
    expect((await documentsOf<{ userId: string }>("members", id)).map(({ userId }) => userId)).toEqual([other.id]);
    expect(await codeOf(await send(teacher, "POST", `/api/courses/${newId()}/copy`, { id: newId(), title: { en: "C" } }))).toBe("forbidden");
  });

  test.runIf(realData)("CC3 of a real course goes on after a crash, in parts that end soon, and is whole", async () => {
    const admin = await person("administrator");
    const blobs = new FolderBlobStore({ folder: join(root, "blobs"), random: systemRandom });
    const one = planCourse(await readCourseFolder(join(realData ?? "", "shell-novice"), "shell"), { allowMissingPictures: true });
    // The same episodes again and again: as many as an import brings in within one transaction on a slow machine.
    const modules = Array.from({ length: 3 }, (_, again) => one.modules.map((module) => ({ ...module, key: `${module.key}-${again}`, pages: module.pages.map((page) => ({ ...page, key: `${page.key}-${again}` })) }))).flat();
    const plan = { ...one, modules };
    const report = await importCourse({ database: test_.database, blobs, hints: { publish: () => undefined }, clock, random: systemRandom }, plan, { by: { userId: null }, people: { instructors: [admin.email], students: [] } });
    const copyId = newId();
    await send(admin, "POST", `/api/courses/${report.courseId}/copy`, { id: copyId, title: { en: "Shell again" } });
    const start = performance.now();
    let longest = 0;
    const step = async (): Promise<boolean> => {
      const before = performance.now();
      const more = await newWorker().step();
      longest = Math.max(longest, performance.now() - before);
      return more;
    };
    for (let part = 0; part < 4; part += 1) await step();
    // In the middle nobody receives anything of it.
    expect(await sql()`select 1 from doc_members where course_id = ${copyId}`).toEqual([]);
    const process_ = mortal(test_.database);
    process_.kill();
    await expect(newWorker(process_.database).step()).rejects.toThrow("died");
    while (await step()) continue;
    const seconds = (performance.now() - start) / 1_000;
    const [from, to] = [await pagesOf(report.courseId), await pagesOf(copyId)];
    expect([to.length, (await documentsOf("items", copyId)).length, (await documentsOf("modules", copyId)).length]).toEqual([from.length, (await documentsOf("items", report.courseId)).length, (await documentsOf("modules", report.courseId)).length]);
    const text = async (courseId: string) => (await sql()<{ text: string }[]>`select regexp_replace(body ->> 'content', '"file": ?"[^"]*"', '', 'g') as text from doc_items where course_id = ${courseId} and not deleted and body ->> 'kind' = 'body' order by 1`).map((row) => row.text);
    expect(await text(copyId)).toEqual(await text(report.courseId));
    console.log(`${to.length} pages copied in ${seconds.toFixed(1)} s with a crash, the longest part ${Math.round(longest)} ms`);
  }, 120_000);
});
