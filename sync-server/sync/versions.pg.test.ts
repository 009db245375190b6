import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { Progress, progress } from "@mochila/shared/progress/schema.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, edit, progressOf, TestDevice, type TestSchool } from "./test-school.ts";
import { readDocuments } from "./write-documents.ts";

/** A third version that the product does not have: points are told in percent, under another name, with a label, and older apps cannot read it. */
const third = {
  ...progress,
  version: 3,
  readableSince: 2,
  schema: z.strictObject({ ...Progress.shape, score: z.optional(z.never()), percent: z.optional(z.number()), label: z.optional(z.string()) }),
  fields: { ...progress.fields, percent: { writer: "client", merge: "maximum", since: 3 }, label: { writer: "client", merge: "last", since: 3 } },
  upgrades: { 2: ({ score, ...rest }: Readonly<Record<string, unknown>>) => (score === undefined ? rest : { ...rest, percent: Number((score as number).toFixed(4)) * 100 }) },
} as unknown as CollectionDefinition;
const later = registry.map((definition) => (definition.name === "progress" ? third : definition));

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
let newer: TestSchool;
let course: string;
let student: string;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  newer = await createTestSchool(database, { registry: later });
  course = await school.course();
  student = await school.person();
  await school.enrol(course, student, "student");
});
afterAll(() => drop());

const master = async (id: string) => (await readDocuments(database.sql, "progress", [id])).get(id) as SyncedDocument;

/** As an app of this version sends it; without one, as the first apps did. */
async function push(to: TestSchool, row: PushRow, version?: number) {
  const { response } = await to.sync.push({ userId: student }, { pushes: [{ collection: "progress", ...(version ? { version } : {}), rows: [row] }] });
  return response.results[0];
}
const made = (fields: Record<string, unknown>): PushRow & { newDocumentState: SyncedDocument } => ({ newDocumentState: progressOf(student, newId(), course, fields) });

describe("a push of an app that knows an earlier version (D-23)", () => {
  it("W3 is taken as it was before there was another, and told nothing", async () => {
    const row = made({ seenAt: 5, done: { value: true, at: 7 } });
    expect(await push(school, row)).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master(row.newDocumentState.id)).toEqual(row.newDocumentState);
  });

  it("W4 takes nothing out that it does not know, whether it had it before or not", async () => {
    const row = made({ seenAt: 5 });
    const { id } = row.newDocumentState;
    const bookmark = { value: true, at: 9 };
    await push(school, row, 2);
    await push(school, edit(row.newDocumentState, { bookmark }), 2);
    // It has the document with the field that it does not know, and passes it on.
    const carrying = edit(await master(id), { done: { value: true, at: 10 } });
    expect(await push(school, carrying)).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master(id)).toEqual(carrying.newDocumentState);
    // It knows the revision, but in the form of its version.
    const { bookmark: _, ...without } = (await master(id)) as SyncedDocument & { bookmark: unknown };
    const told = await push(school, edit(without, { done: { value: false, at: 11 } }));
    const stands = await master(id);
    expect(stands).toMatchObject({ bookmark, done: { value: false, at: 11 } });
    // What stands is not what it sent, so it has another revision and is told (P6).
    expect(told).toMatchObject({ conflicts: [stands], rejected: [] });
  });

  it("W4 takes nothing out that it does not know, but who knows a field and does not name it has taken it out", async () => {
    const row = made({ percent: 1, label: "mine" });
    const { id } = row.newDocumentState;
    await push(newer, row, 3);
    const { label: _, percent: _percent, ...without } = row.newDocumentState;
    expect(await push(newer, edit(without as SyncedDocument, { seenAt: 4 }), 2)).toMatchObject({ rejected: [], conflicts: [{ id, label: "mine", percent: 1, seenAt: 4 }] });
    expect(await master(id)).toMatchObject({ label: "mine", percent: 1, seenAt: 4 });
    const { label: _label, ...unlabelled } = await master(id);
    const knowing = { newDocumentState: { ...unlabelled, rev: newRev() }, assumedMasterState: await master(id) };
    expect(await push(newer, knowing, 3)).toMatchObject({ rejected: [], conflicts: [] });
    expect(await master(id)).not.toHaveProperty("label");
  });

  it("W4 is brought to today's form, old base and new state alike, and told under a revision of the server", async () => {
    const row = made({ score: 0.5 });
    const { id } = row.newDocumentState;
    const first = await push(newer, row, 2);
    const stands = await master(id);
    expect(stands).toMatchObject({ percent: 50 });
    expect(stands).not.toHaveProperty("score");
    expect(stands.rev).not.toBe(row.newDocumentState.rev);
    expect(first).toMatchObject({ conflicts: [stands], rejected: [] });
    // The answer was lost: the same once more is known (P3).
    expect(await push(newer, row, 2)).toMatchObject({ conflicts: [stands], rejected: [] });
    expect(await master(id)).toEqual(stands);
    const again = { newDocumentState: { ...row.newDocumentState, rev: newRev(), score: 0.75 }, assumedMasterState: row.newDocumentState };
    expect(await push(newer, again, 1)).toMatchObject({ rejected: [] });
    expect(await master(id)).toMatchObject({ percent: 75 });
  });

  it("W3 is refused row by row where it does not fit its own version", async () => {
    const [bad, strange, good] = [made({ seenAt: "early" }), made({ score: null, seenAt: 1 }), made({ score: 1 })];
    const { response } = await newer.sync.push({ userId: student }, { pushes: [{ collection: "progress", version: 2, rows: [bad, strange, good] }] });
    expect(response.results[0]?.rejected.map(({ id, code }) => ({ id, code }))).toEqual([bad, strange].map(({ newDocumentState: { id } }) => ({ id, code: "row_invalid" })));
    expect(await master(good.newDocumentState.id)).toMatchObject({ percent: 100 });
  });
});

describe("a pull", () => {
  const asked = (version?: number) => ({ pulls: [{ collection: "progress", checkpoint: null, ...(version ? { version } : {}) }] });

  it("W5 gives an app of an earlier version documents that it can read, later fields with them", async () => {
    const row = made({ bookmark: { value: true, at: 3 } });
    await push(school, row, 2);
    const device = new TestDevice(school, student, ["progress"]);
    await device.pullOnce();
    expect(device.get("progress", row.newDocumentState.id)).toMatchObject({ bookmark: { value: true, at: 3 } });
  });

  it("W5 is answered client_too_old below the version that can read it, and its pushes are taken all the same", async () => {
    await expect(newer.sync.pull(student, asked())).rejects.toMatchObject({ code: "client_too_old" });
    await expect(newer.sync.pull(student, asked(2))).resolves.toMatchObject({ results: [{ collection: "progress" }] });
    expect(await push(newer, made({ seenAt: 1 }))).toMatchObject({ rejected: [] });
  });
});

describe("documents of a version that only a newer server knows", () => {
  it("W6 are neither refused nor stored: the app keeps them and comes back", async () => {
    const row = made({ seenAt: 1, percent: 3 });
    await expect(push(school, row, 3)).rejects.toMatchObject({ code: "unavailable", more: { retryAfterMs: expect.any(Number) as number } });
    expect(await master(row.newDocumentState.id)).toBeUndefined();
    const kept = await database.sql`select 1 from push_reject where document = ${row.newDocumentState.id}`;
    expect(kept).toHaveLength(0);
  });
});
