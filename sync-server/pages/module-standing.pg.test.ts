import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { bodyId, editionId, type PageItem } from "@mochila/shared/pages/schema.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, TestDevice, type TestSchool } from "../sync/test-school.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { moduleStanding } from "./module-standing.ts";
import { publishContent } from "./publish.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database, { serverRules: [moduleStanding({ readDocuments, writeDocuments })] });
});
afterAll(() => drop());

const text: PageContent = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "for those who may see it" }] }] };
const parts = { readDocuments, writeDocuments, shareFiles: () => Promise.resolve([]) };

/** A course with a shown and a hidden module, and a page that is published in the shown one. */
async function taught() {
  const [course, teacher, student] = [await school.course(), await school.person("instructor"), await school.person()];
  await school.enrol(course, teacher, "instructor");
  await school.enrol(course, student, "student");
  const [shown, hidden] = [await school.module(course, "published"), await school.module(course, "draft")];
  const [desk, phone] = [new TestDevice(school, teacher), new TestDevice(school, student)];
  const publish = (id: string, moduleId: string) => {
    const item: PageItem = { id, rev: newRev(), courseId: course, kind: "page", moduleId, title: { en: "Page" }, order: "V", state: "published" };
    return database.transaction((transaction) => publishContent(transaction, parts, { item, contents: { en: text, es: text }, at: 1 }));
  };
  const change = async (collection: string, id: string, fields: object) => {
    await desk.pull();
    const { _deleted, ...master } = desk.get(collection, id) ?? { id };
    expect(await school.push(teacher, collection, [{ newDocumentState: { ...master, ...fields, rev: newRev() }, assumedMasterState: master }])).toMatchObject({ rejected: [] });
  };
  const page = newId();
  await publish(page, shown);
  const rows = [bodyId(page, "en"), bodyId(page, "es"), editionId(page)].sort();
  /** What a device, and one that begins anew, holds of the page's text. */
  const textOn = async (device: TestDevice) => {
    await device.pull();
    const fresh = new TestDevice(school, device.userId);
    await fresh.pull();
    expect(fresh.ids("items")).toEqual(device.ids("items"));
    return device.ids("items").filter((id) => rows.includes(id));
  };
  return { page, rows, shown, hidden, desk, phone, publish, change, textOn };
}

it("V4 what is published in a module goes from students' devices with the module and comes back with it; staff keep it", async () => {
  const { rows, shown, desk, phone, change, textOn } = await taught();
  expect([await textOn(phone), await textOn(desk)]).toEqual([rows, rows]);
  for (const state of ["draft", "trashed"]) {
    await change("modules", shown, { state });
    expect([await textOn(phone), await textOn(desk)]).toEqual([[], rows]);
    await change("modules", shown, { state: "published" });
    expect([await textOn(phone), await textOn(desk)]).toEqual([rows, rows]);
  }
});

it("V4 what is published in a hidden module, or moved into one, reaches staff only, until it stands in a shown one", async () => {
  const { page, rows, shown, hidden, desk, phone, publish, change, textOn } = await taught();
  await change("items", page, { moduleId: hidden });
  expect([await textOn(phone), await textOn(desk)]).toEqual([[], rows]);
  await publish(page, hidden);
  expect([await textOn(phone), await textOn(desk)]).toEqual([[], rows]);
  await change("items", page, { moduleId: shown });
  expect(await textOn(phone)).toEqual(rows);
});

it("V4 a module that is hidden while a page is published in it leaves nothing with students", async () => {
  const { rows, shown, phone, publish, change, textOn } = await taught();
  const other = newId();
  await Promise.all([publish(other, shown), change("modules", shown, { state: "draft" })]);
  expect(await textOn(phone)).toEqual([]);
  expect(phone.ids("items").filter((id) => [bodyId(other, "en"), editionId(other), ...rows].includes(id))).toEqual([]);
});
