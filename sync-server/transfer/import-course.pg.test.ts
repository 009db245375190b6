import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { filesOf } from "@mochila/shared/pages/content.ts";
import type { BodyItem, EditionItem, Item, PageItem } from "@mochila/shared/pages/schema.ts";
import { fromCommandLine } from "../audit/audit.ts";
import { appendUpdates, readRoom, toDocument } from "../collab/store.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { documentToContent } from "../pages/content-document.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { createPerson } from "../users/people.ts";
import { readCourseFolder } from "./course-folder.ts";
import { planCourse } from "./course-plan.ts";
import { importCourse } from "./import-course.ts";
import type { ImportChoices, ImportReport } from "./import-run.ts";

let database: Database;
let drop: () => Promise<void>;
let root: string;
let blobs: FolderBlobStore;
const nobody: ImportChoices = { by: fromCommandLine, people: { instructors: [], students: [] } };

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><script>alert(1)</script><path d="M0 0h4"/></svg>';
const episode = (title: string, sections: readonly string[], lead = "Words first."): string =>
  `---\ntitle: ${title}\nteaching: 5\nobjectives:\n- Know ${title}\n---\n${lead}\n\n${sections.map((section) => `## ${section}\n\nText of ${section}.\n\n> ## Try\n> It\n> > ## Solution\n> > Done\n> {: .solution}\n{: .challenge}\n`).join("\n")}`;

const put = async (path: string, text: string | Uint8Array): Promise<void> => {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
};

async function run(choices: ImportChoices = nobody, key?: string): Promise<ImportReport> {
  const plan = planCourse(await readCourseFolder(root, key));
  return importCourse({ database, blobs, hints: { publish: () => undefined }, clock: systemClock, random: systemRandom }, plan, choices);
}

/** Everything that an import may touch, as text, so that two moments can be compared. */
async function dump(): Promise<string> {
  const tables = ["doc_courses", "doc_members", "doc_modules", "doc_items", "scope", "scope_doc", "user_scope", "file_ref", "import_part", "ydoc_update", "ydoc_snapshot", "ydoc_import", "doc_history", "audit_entry"];
  const parts: string[] = [];
  for (const table of tables) {
    const rows = await database.sql<{ row: string }[]>`select t::text as row from ${database.sql(table)} as t order by 1`;
    parts.push(table, ...rows.map(({ row }) => row));
  }
  // Without the time of the last run, which is all that an import without news may write.
  for (const { source_key, course_id } of await database.sql<{ source_key: string; course_id: string }[]>`select source_key, course_id from import_course order by 1`) parts.push(`${source_key} ${course_id}`);
  return parts.join("\n");
}
const items = async (courseId: string): Promise<Item[]> =>
  (await database.sql<{ id: string; rev: string; body: object }[]>`select id, rev, body from doc_items where course_id = ${courseId} and not deleted`).map(({ id, rev, body }) => ({ id, rev, ...body }) as Item);
const pageNamed = async (courseId: string, title: string): Promise<PageItem> => {
  const page = (await items(courseId)).find((item) => item.kind === "page" && item.title.en === title);
  if (page?.kind !== "page") throw new Error(`no page ${title}`);
  return page;
};
const bodyOf = async (page: PageItem, lang: "en" | "es"): Promise<string> =>
  JSON.stringify((await items(page.courseId)).find((item) => item.kind === "body" && item.itemId === page.id && item.lang === lang));

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  await database.transaction(async (transaction) => {
    for (const [email, systemRole] of [["admin@x.org", "administrator"], ["t@x.org", "instructor"], ["s@x.org", "student"]] as const) {
      await createPerson(transaction, { id: newId(), email, name: email, systemRole, language: "en", passwordHash: "" });
    }
  });
});
afterAll(() => drop());

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mochila-course-"));
  const own = root;
  blobs = new FolderBlobStore({ folder: `${own}-blobs`, random: systemRandom });
  await put("fig/a.svg", SVG);
  for (const lang of ["en", "es"]) {
    await put(`${lang}/01-a.md`, episode("Alpha", ["One", "Two"], `![A drawing](../fig/a.svg)`));
    await put(`${lang}/02-b.md`, episode("Beta", []));
  }
  await put("es/01-a.md", episode("Alfa", ["Uno", "Dos"], `![](fig/a.svg){alt='Un dibujo'}`));
  return async () => {
    await rm(own, { recursive: true });
    await rm(`${own}-blobs`, { recursive: true, force: true });
  };
});

test("a folder becomes one course in both languages, published, with its people, its pictures and its rooms", async () => {
  const report = await run({ ...nobody, title: { en: "Greek", es: "Griego" } });
  expect(report).toMatchObject({ isNew: true, pictures: 1, modules: { made: 2 }, pages: { made: 4 } });
  expect(report.people.map(({ email, role }) => `${email} ${role}`)).toEqual(["admin@x.org instructor"]);
  const all = await items(report.courseId);
  const pages = all.filter((item): item is PageItem => item.kind === "page");
  expect(pages.map(({ title }) => title).toSorted((a, b) => (a.en ?? "").localeCompare(b.en ?? ""))).toEqual([{ en: "Alpha", es: "Alfa" }, { en: "Beta", es: "Beta" }, { en: "One", es: "Uno" }, { en: "Two", es: "Dos" }]);
  expect(pages.every(({ state }) => state === "published")).toBe(true);
  expect(all.filter((item) => item.kind === "body")).toHaveLength(8);
  const lead = await pageNamed(report.courseId, "Alpha");
  const edition = all.find((item): item is EditionItem => item.kind === "edition" && item.itemId === lead.id);
  const body = all.find((item): item is BodyItem => item.kind === "body" && item.itemId === lead.id && item.lang === "es");
  expect(edition?.files.map(({ id }) => id)).toEqual(filesOf(body?.content ?? { type: "doc", content: [] }));
  const [file] = await database.sql<{ scope: string; type: string; hash: Uint8Array }[]>`select scope, type, hash from file_ref where id = ${edition?.files[0]?.id ?? null}`;
  expect(file).toMatchObject({ scope: "c", type: "image/svg+xml" });
  expect(Buffer.from((await blobs.get(file?.hash ?? new Uint8Array(32))) ?? []).toString()).not.toContain("script");
  // The editor opens with what students read.
  expect(documentToContent(toDocument(await readRoom(database.sql, pageRoom(lead.id, "es"))))).toEqual(body?.content);
});

test("an episode is split only if both languages have the same sections", async () => {
  await put("es/01-a.md", episode("Alfa", ["Uno"]));
  const report = await run();
  expect(report.pages.made).toBe(2);
  expect(await bodyOf(await pageNamed(report.courseId, "Alpha"), "en")).toMatch(/Words|A drawing/u);
});

test("a second run doubles and writes nothing; a changed file updates its pages only", async () => {
  const first = await run();
  const before = await dump();
  const second = await run();
  expect(second).toMatchObject({ isNew: false, courseId: first.courseId, modules: { made: 0, updated: 0, unchanged: 2 }, pages: { made: 0, updated: 0, unchanged: 4 } });
  expect(await dump()).toBe(before);
  const untouched = await pageNamed(first.courseId, "Beta");
  await put("en/01-a.md", episode("Alpha", ["One", "Two"], "New words."));
  const third = await run();
  expect(third.pages).toMatchObject({ made: 0, updated: 1, unchanged: 3, left: [] });
  expect(await bodyOf(await pageNamed(first.courseId, "Alpha"), "en")).toContain("New words.");
  expect((await pageNamed(first.courseId, "Beta")).rev).toBe(untouched.rev);
  const room = documentToContent(toDocument(await readRoom(database.sql, pageRoom((await pageNamed(first.courseId, "Alpha")).id, "en"))));
  expect(JSON.stringify(room)).toContain("New words.");
});

test("a page that was edited since, by its row or in its room, is left as it is and named", async () => {
  const { courseId } = await run();
  const renamed = await pageNamed(courseId, "One");
  await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "items", document: { ...renamed, title: { ...renamed.title, es: "Mi título" } } }]));
  const written = await pageNamed(courseId, "Beta");
  const room = pageRoom(written.id, "es");
  const doc = toDocument(await readRoom(database.sql, room));
  const vector = Y.encodeStateVector(doc);
  (doc.getXmlFragment("prosemirror").get(0) as Y.XmlElement).insert(0, [new Y.XmlText("Typed here. ")]);
  await appendUpdates(database.sql, newRev(), [{ room, actor: null, upd: Y.encodeStateAsUpdate(doc, vector) }]);
  for (const lang of ["en", "es"]) {
    await put(`${lang}/01-a.md`, (await readFile(join(root, `${lang}/01-a.md`), "utf8")).replaceAll("Text of", "Other text of"));
    await put(`${lang}/02-b.md`, episode("Beta", [], "Other words."));
  }
  const report = await run();
  expect(report.pages).toMatchObject({ updated: 1, unchanged: 1, made: 0 });
  expect(report.pages.left.toSorted()).toEqual(["Beta", "One"]);
  expect((await pageNamed(courseId, "One")).title.es).toBe("Mi título");
  expect(await bodyOf(written, "en")).not.toContain("Other words.");
  expect(JSON.stringify(documentToContent(toDocument(await readRoom(database.sql, room))))).toContain("Typed here. ");
  // Once more: still left, still said.
  expect((await run()).pages.left.toSorted()).toEqual(["Beta", "One"]);
});

describe("a failure leaves the database as it was", () => {
  test.each<[string, string, string | Uint8Array, RegExp]>([
    ["front matter", "es/02-b.md", "---\ntitle: x\n", /^es\/02-b\.md:1: .*not closed/u],
    ["a fence", "en/02-b.md", "---\ntitle: x\n---\n\n```\n", /^en\/02-b\.md:5: .*not closed/u],
    ["bytes", "es/02-b.md", new Uint8Array([0x2d, 0x2d, 0x2d, 0x0a, 0xff]), /^es\/02-b\.md:2: .*UTF-8/u],
  ])("malformed %s is named with its line", async (_name, path, bytes, message) => {
    await run();
    const before = await dump();
    await put("en/01-a.md", episode("Alpha", ["One", "Two"], "Changed."));
    await put(path, bytes);
    await expect(run()).rejects.toThrow(message);
    expect(await dump()).toBe(before);
  });

  test("a person who does not exist, and a dry run", async () => {
    const before = await dump();
    await expect(run({ ...nobody, people: { instructors: ["t@x.org"], students: ["nobody@x.org"] } })).rejects.toThrow(/nobody@x\.org/u);
    const dry = await run({ ...nobody, dryRun: true });
    expect(dry).toMatchObject({ isNew: true, pages: { made: 4 } });
    expect(await dump()).toBe(before);
  });
});

test("named people are enrolled, also by a later run; what left the folder goes to the bin and comes back", async () => {
  const first = await run({ ...nobody, people: { instructors: ["t@x.org"], students: [] } });
  const beta = await pageNamed(first.courseId, "Beta");
  const [en, es] = [await readFile(join(root, "en/02-b.md")), await readFile(join(root, "es/02-b.md"))];
  await rm(join(root, "en/02-b.md"));
  await rm(join(root, "es/02-b.md"));
  const second = await run({ ...nobody, people: { instructors: [], students: ["S@x.org"] } });
  expect(second.people.map(({ email, role }) => `${email} ${role}`)).toEqual(["s@x.org student"]);
  expect(second.pages.binned).toEqual(["Beta"]);
  expect((await items(first.courseId)).filter((item) => item.kind !== "page" && item.itemId === beta.id)).toEqual([]);
  expect((await pageNamed(first.courseId, "Beta")).state).toBe("trashed");
  await put("en/02-b.md", en);
  await put("es/02-b.md", es);
  expect((await run()).pages).toMatchObject({ updated: 1, made: 0, binned: [] });
  expect((await pageNamed(first.courseId, "Beta")).state).toBe("published");
});

test("AU5 what came in, and who was put into the course, stands in the log with it; what changes nothing, is tried or is refused does not", async () => {
  const entries = async (courseId: string) =>
    (await database.sql<{ action: string; details: object }[]>`select action, details from audit_entry where object_id = ${courseId} or details ->> 'course' = ${courseId} order by id`).map(({ action, details }) => [action, details]);
  const by = { by: "command line" };
  const { courseId } = await run({ ...nobody, people: { instructors: ["t@x.org"], students: [] } }, "logged");
  const first = [["member.add", { course: courseId, role: "instructor", ...by }], ["course.import", { folder: "logged", isNew: true, modules: 2, pages: 4, ...by }]];
  expect(await entries(courseId)).toEqual(first);
  await run(nobody, "logged");
  await run({ ...nobody, people: { instructors: ["admin@x.org"], students: [] }, dryRun: true }, "logged");
  // Nobody would teach it.
  await expect(run({ ...nobody, people: { instructors: [], students: ["t@x.org"] } }, "logged")).rejects.toThrow(/needs an instructor/u);
  expect(await entries(courseId)).toEqual(first);
  await put("en/01-a.md", episode("Alpha", ["One", "Two"], "Changed."));
  await run({ ...nobody, people: { instructors: [], students: ["s@x.org"] } }, "logged");
  expect(await entries(courseId)).toEqual([...first, ["member.add", { course: courseId, role: "student", ...by }], ["course.import", { folder: "logged", isNew: false, modules: 0, pages: 1, ...by }]]);
});

test("other material in a folder of the same name does not replace a course", async () => {
  await run(nobody, "same-name");
  for (const lang of ["en", "es"]) {
    await rm(join(root, lang), { recursive: true });
    await put(`${lang}/lesson.md`, episode("Other", []));
  }
  const before = await dump();
  await expect(run(nobody, "same-name")).rejects.toThrow(/--key/u);
  expect(await dump()).toBe(before);
  expect((await run(nobody, "another-name")).isNew).toBe(true);
});

test("links in the folder are not followed, names cannot lead out of it", async () => {
  await symlink("/etc/passwd", join(root, "fig/b.svg"));
  await put("en/02-b.md", episode("Beta", [], "![x](../../../../etc/passwd) ![y](../fig/b.svg) ![z](/etc/passwd)"));
  const folder = await readCourseFolder(root);
  expect(() => planCourse(folder)).toThrow(/^en\/02-b\.md:\d+: the picture “\.\.\/\.\.\/\.\.\/\.\.\/etc\/passwd” is not in the folder/u);
  const plan = planCourse(folder, { allowMissingPictures: true });
  expect(plan.pictures.map(({ path }) => path)).toEqual(["fig/a.svg"]);
  expect(plan.warnings.filter(({ message }) => message.includes("not in the folder"))).toHaveLength(3);
  expect(plan.warnings.some(({ message }) => message.includes("link is not followed"))).toBe(true);
});

test("a picture that is missing is named with file and line and changes nothing; one of another site is left out with a warning", async () => {
  await put("es/02-b.md", episode("Beta", [], "Uno.\n\n![un mapa](../fig/missing.svg)"));
  const before = await dump();
  await expect(run()).rejects.toThrow(/^es\/02-b\.md:9: the picture “\.\.\/fig\/missing\.svg” is not in the folder/u);
  expect(await dump()).toBe(before);
  await put("es/02-b.md", episode("Beta", [], "![un mapa](https://elsewhere.example/a.png)"));
  expect(planCourse(await readCourseFolder(root)).warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining("elsewhere.example"));
});

test("without a title the folder's name is the title in one language, and the other is added later", async () => {
  const first = await run(nobody, "rain-and-rivers");
  expect(first.title).toEqual({ en: "Rain and rivers" });
  expect((await run({ ...nobody, title: { es: "Lluvia y ríos" } }, "rain-and-rivers")).title).toEqual({ en: "Rain and rivers", es: "Lluvia y ríos" });
});

test.each([
  ["See [CC](https://creativecommons.org/licenses/by-sa/4.0/legalcode).\n\nCopyright (c) The Village\nSchool, 2026.", "CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/ · © The Village School"],
  ["[x]: https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/"],
  ["Ask us before you copy.\n\nMore.", "Ask us before you copy."],
])("the licence is told by name and link: %j", async (text, told) => {
  await put("LICENSE.md", `---\ntitle: L\n---\n\n${text}\n`);
  expect(planCourse(await readCourseFolder(root)).source).toBe(told);
});

const real = resolve(process.env["MOCHILA_DATA"] ?? join(import.meta.dirname, "../../../shared/data"), "shell-novice");
test.skipIf(!existsSync(real))("the real course comes in twice, in one short transaction each, with its duplicate key named", { timeout: 180_000 }, async () => {
  const plan = planCourse(await readCourseFolder(real, `real ${root}`));
  expect(plan.warnings.map(({ file, line }) => `${file}:${line}`)).toEqual(["en/01-intro.md:17"]);
  expect(plan.source).toBe("CC BY 4.0, https://creativecommons.org/licenses/by/4.0/ · © Software Carpentry");
  const deps = { database, blobs, hints: { publish: () => undefined }, clock: systemClock, random: systemRandom };
  const start = systemClock.monotonic();
  const report = await importCourse(deps, plan, nobody);
  const seconds = (systemClock.monotonic() - start) / 1_000;
  expect(report).toMatchObject({ isNew: true, pictures: 7, modules: { made: 7 }, pages: { made: 15 } });
  expect(await importCourse(deps, plan, nobody)).toMatchObject({ courseId: report.courseId, modules: { unchanged: 7 }, pages: { unchanged: 15, updated: 0, made: 0 } });
  console.info(`real course: written in ${seconds.toFixed(1)} s`);
});
