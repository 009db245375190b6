import { courseScope, staffScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { heldOf } from "@mochila/shared/sync/held.ts";
import type { PulledDocument } from "@mochila/shared/sync/pulled-document.ts";
import { PULL_BYTES_MAX } from "@mochila/shared/limits.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { grantScopes, revokeScopes } from "../access/grants.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { encodePosition } from "./checkpoint.ts";
import { readPages } from "./pulled-pages.ts";
import { createTestSchool, draftOf, edit, progressOf, TestDevice, type TestSchool, title } from "./test-school.ts";
import { readDocuments, writeDocuments } from "./write-documents.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
let course: string;
let teacher: string;
let student: string;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  course = await school.course();
  teacher = await school.person("instructor");
  student = await school.person();
  await school.enrol(course, teacher, "instructor");
  await school.enrol(course, student, "student");
});
afterAll(() => drop());

const master = async (collection: string, id: string) => (await readDocuments(database.sql, collection, [id])).get(id);
const setState = async (id: string, state: string) => {
  const document = (await master("modules", id)) as never;
  return school.push(teacher, "modules", [edit(document, { state })]);
};

/** The same database; what is done `between` happens once, before the statement that reads the documents of a page. */
function betweenWalkAndReading(between: () => Promise<unknown>): Database {
  let waiting: (() => Promise<unknown>) | null = between;
  const sql = new Proxy(database.sql, {
    apply(target, self, args: unknown[]) {
      const query = () => Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
      const [parts] = args;
      const first = Array.isArray(parts) && parts.join("").includes("with sized as") ? waiting : null;
      if (!first) return query();
      waiting = null;
      return first().then(query);
    },
  });
  return { ...database, sql };
}

describe("what arrives", () => {
  it("F6 a module that is hidden and rewritten while a page is put together is not sent as it is now; its place is taken by what is true", async () => {
    const [other, reader] = [await school.course(), await school.person()];
    await school.enrol(other, teacher, "instructor");
    await school.enrol(other, reader, "student");
    const hidden = await school.module(other, "published");
    // After the one that moves: what follows must not take its place.
    const kept = await school.module(other, "published");
    const rewrite = async () => {
      await setState(hidden, "draft");
      await school.push(teacher, "modules", [edit((await master("modules", hidden)) as never, { title: { en: "Answers to the exam" } })]);
    };
    const device = new TestDevice(await createTestSchool(betweenWalkAndReading(rewrite)), reader, ["modules"]);
    const sent = await device.pull();
    expect(device.get("modules", kept)).toEqual(await master("modules", kept));
    expect(sent.filter(({ id, removed }) => id === hidden && !removed)).toEqual([]);
    expect(device.ids("modules")).not.toContain(hidden);
  });

  it("F1 sends every document of every scope once, then nothing", async () => {
    const device = new TestDevice(school, student);
    const id = await school.module(course, "published");
    await device.pull();
    expect(device.ids("courses")).toEqual([course]);
    expect(device.get("modules", id)).toEqual(await master("modules", id));
    expect(await device.pullOnce()).toEqual({ sent: [], more: false });
  });

  it("F2 answers an unchanged collection with its name alone", async () => {
    const device = new TestDevice(school, student);
    await device.pull();
    const pulls = device.collections.map((collection) => ({ collection, checkpoint: device.checkpoints.get(collection) ?? null }));
    expect(readPages(await school.sync.pull(student, { pulls }))).toEqual({ results: pulls.map(({ collection }) => ({ collection })) });
  });

  it("F3 cuts pages by documents, each new page goes on where the last ended, and more is exact", async () => {
    const big = await school.course();
    await school.enrol(big, student, "student");
    const writes = Array.from({ length: 23 }, () => ({ collection: "modules", document: { id: newId(), courseId: big, title: {}, order: "V", state: "published" } }));
    await database.transaction((transaction) => writeDocuments(transaction, writes));
    const device = new TestDevice(school, student, ["modules"]);
    const all = writes.length + (await database.sql`select 1 from doc_modules where course_id = ${course} and body ->> 'state' = 'published'`).length;
    const sent = await device.pull(5);
    expect(sent.length).toBe(all);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(all);
    expect(device.pages).toBe(Math.ceil(all / 5));
    await school.leave(big, student);
  });

  it("F3 cuts pages by bytes, and sends a document larger than a page alone", async () => {
    const heavy = await school.course();
    const reader = await school.person();
    await school.enrol(heavy, reader, "student");
    const writes = [100, 100, 300, 100, 100].map((kilobytes) => ({
      collection: "modules",
      document: { id: newId(), courseId: heavy, title: {}, order: "V", state: "published", questions: { en: Array.from({ length: 60 }, () => "x".repeat(Math.min(2_000, (kilobytes * 1024) / 60))), es: kilobytes > 117 ? Array.from({ length: 60 }, () => "y".repeat(2_000)) : [] } },
    }));
    await database.transaction((transaction) => writeDocuments(transaction, writes));
    const device = new TestDevice(school, reader, ["modules"]);
    for (let more = true; more; ) {
      const before = new Set(device.ids("modules"));
      ({ more } = await device.pullOnce());
      const page = device.ids("modules").filter((id) => !before.has(id)).map((id) => device.get("modules", id));
      expect(page.length).toBeGreaterThan(0);
      expect(page.length === 1 || JSON.stringify(page).length <= PULL_BYTES_MAX).toBe(true);
    }
    expect(device.ids("modules").length).toBe(5);
    expect(device.pages).toBeGreaterThan(2);
  });

  it("F4 a document that moves while pages are read is not missed", async () => {
    const moving = await school.course();
    await school.enrol(moving, student, "student");
    const ids = [];
    for (let index = 0; index < 12; index += 1) ids.push(await school.module(moving, "published"));
    const device = new TestDevice(school, student, ["modules"]);
    for (let page = await device.pullOnce(3), turn = 0; page.more; page = await device.pullOnce(3), turn += 1) {
      const id = ids[(turn * 5) % 12] ?? "";
      const document = { id, courseId: moving, title: title(`turn ${turn}`), order: "V", state: "published" };
      if (turn < 12) await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document }]));
    }
    for (const id of ids) expect(device.get("modules", id)).toEqual(await master("modules", id));
    await school.leave(moving, student);
  });

  it("F5 waits for an older transaction that is still open, and sends both when it ended", async () => {
    const device = new TestDevice(school, student, ["modules"]);
    await device.pull();
    // So that the horizon moves at all.
    const before = await school.module(course, "published");
    const [early, late] = [newId(), newId()];
    let finish = () => undefined as void;
    const held = new Promise<void>((resolve) => (finish = resolve));
    let began = () => undefined as void;
    const started = new Promise<void>((resolve) => (began = resolve));
    const open = database.sql.begin(async (transaction) => {
      await writeDocuments(transaction, [{ collection: "modules", document: { id: early, courseId: course, title: {}, order: "A", state: "published" } }]);
      began();
      await held;
    });
    await started;
    await school.module(course, "published", late);
    expect((await device.pullOnce()).sent).toEqual([{ id: before, removed: false }]);
    // What everybody holds and somebody changes now is in no page: a device that asks from the beginning must not take it for removed (D11).
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: { id: before, courseId: course, title: title("Changed"), order: "V", state: "published" } }]));
    const fresh = new TestDevice(school, student, ["modules"]);
    await fresh.pull();
    expect(fresh.ids("modules")).not.toContain(before);
    const { results } = await school.sync.pull(student, { pulls: [{ collection: "modules", checkpoint: fresh.checkpoints.get("modules") ?? null }], check: true });
    expect(results).toEqual([{ collection: "modules" }]);
    finish();
    await open;
    expect((await device.pull()).map(({ id }) => id).sort()).toEqual([before, early, late].sort());
  });

  it("F6 takes all collections of a request from one snapshot and holds back nobody's feed", async () => {
    const device = new TestDevice(school, student);
    await device.pull();
    const [before] = await database.sql`select pg_snapshot_xmax(pg_current_snapshot())::text as next`;
    await device.pull();
    const [after] = await database.sql`select pg_snapshot_xmax(pg_current_snapshot())::text as next`;
    expect(after).toEqual(before);
  });
});

describe("what is taken away", () => {
  it("V1 unpublishing removes it from students, publishing brings it back, staff keep it", async () => {
    const [pupil, staff] = [new TestDevice(school, student), new TestDevice(school, teacher)];
    const id = await school.module(course, "published");
    await Promise.all([pupil.pull(), staff.pull()]);
    await setState(id, "draft");
    await Promise.all([pupil.pull(), staff.pull()]);
    expect([pupil.get("modules", id), staff.get("modules", id)?.["state"]]).toEqual([undefined, "draft"]);
    await setState(id, "published");
    await Promise.all([pupil.pull(), staff.pull()]);
    expect([pupil.get("modules", id)?.["state"], staff.get("modules", id)?.["state"]]).toEqual(["published", "published"]);
  });

  it("V2 does not remove what another scope still gives", async () => {
    const staff = new TestDevice(school, teacher);
    await staff.pull();
    const document = (await master("courses", course)) as never;
    await school.push(teacher, "courses", [edit(document, { state: "draft" })]);
    const sent = await staff.pull();
    expect(sent).toEqual([{ id: course, removed: false }]);
    await school.push(teacher, "courses", [edit((await master("courses", course)) as never, { state: "published" })]);
  });

  it("V2 the loss of one scope does not remove what another still gives: staff who become students keep the course", async () => {
    const person = await school.person();
    await school.enrol(course, person, "instructor");
    const device = new TestDevice(school, person);
    await device.pull();
    await school.enrol(course, person, "student");
    const sent = await device.pull();
    expect(sent.filter(({ removed }) => removed).map(({ id }) => id)).not.toContain(course);
    expect(device.get("courses", course)).toBeDefined();
  });

  it("G1 a new scope starts at its beginning: documents older than the grant arrive", async () => {
    const late = await school.person();
    const device = new TestDevice(school, late);
    await device.pull();
    const id = await school.module(course, "published");
    await school.enrol(course, late, "student");
    await device.pull();
    expect(device.get("modules", id)).toBeDefined();
    expect(device.ids("courses")).toEqual([course]);
  });

  it("G2 a lost scope's documents are removed, also one that was edited after the device's last look", async () => {
    const leaver = await school.person();
    await school.enrol(course, leaver, "student");
    const id = await school.module(course, "published");
    const device = new TestDevice(school, leaver);
    await device.pull();
    await school.leave(course, leaver);
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: { id, courseId: course, title: title("later"), order: "V", state: "published" } }]));
    await device.pull();
    expect([device.ids("courses"), device.ids("modules"), device.ids("members")]).toEqual([[], [], []]);
  });

  it("G2 what a device pushed while it held a scope that it had not, and has not again, when it looks is removed", async () => {
    const pusher = await school.person();
    const other = await school.course();
    await school.enrol(other, pusher, "instructor");
    await school.module(other, "draft");
    await school.enrol(course, pusher, "instructor");
    await school.leave(course, pusher);
    const device = new TestDevice(school, pusher);
    await device.pull();
    await school.enrol(course, pusher, "instructor");
    const id = await school.module(course, "draft");
    await school.leave(course, pusher);
    expect((await device.pullOnce()).sent).toContainEqual({ id, removed: true });
  });

  it("G2 removals come in pages too, and every page goes on", async () => {
    const wide = await school.course();
    const leaver = await school.person();
    await school.enrol(wide, leaver, "student");
    const writes = Array.from({ length: 17 }, () => ({ collection: "modules", document: { id: newId(), courseId: wide, title: {}, order: "V", state: "published" } }));
    await database.transaction((transaction) => writeDocuments(transaction, writes));
    const device = new TestDevice(school, leaver);
    await device.pull();
    await school.leave(wide, leaver);
    device.pages = 0;
    await device.pull(5);
    expect([device.ids("modules"), device.pages]).toEqual([[], 4]);
  });

  it("G3 a scope granted again brings everything back, also when the device slept through both", async () => {
    const person = await school.person();
    await school.enrol(course, person, "student");
    const [awake, asleep] = [new TestDevice(school, person), new TestDevice(school, person)];
    await Promise.all([awake.pull(), asleep.pull()]);
    await school.leave(course, person);
    await awake.pull();
    const unpublished = await school.module(course, "published");
    await setState(unpublished, "draft");
    await school.enrol(course, person, "student");
    await Promise.all([awake.pull(), asleep.pull()]);
    const expected = new TestDevice(school, person);
    await expected.pull();
    for (const device of [awake, asleep]) expect(device.documents).toEqual(expected.documents);
    expect(awake.ids("courses")).toEqual([course]);
  });

  it("G3 a scope lost and granted again in the middle of a walk is read whole", async () => {
    const wide = await school.course();
    const person = await school.person();
    await school.enrol(wide, person, "student");
    const writes = Array.from({ length: 12 }, () => ({ collection: "modules", document: { id: newId(), courseId: wide, title: {}, order: "V", state: "published" } }));
    await database.transaction((transaction) => writeDocuments(transaction, writes));
    await school.enrol(course, person, "student");
    const device = new TestDevice(school, person, ["modules"]);
    await device.pullOnce(4);
    await school.leave(wide, person);
    await device.pullOnce(4);
    await school.enrol(wide, person, "student");
    await device.pull(4);
    const fresh = new TestDevice(school, person, ["modules"]);
    await fresh.pull();
    expect(device.ids("modules")).toEqual(fresh.ids("modules"));
  });

  it("G4 tells nobody of a document that came after they left, nor of one that went before they came", async () => {
    const closed = await school.course();
    const before = await school.module(closed, "published");
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: { id: before, courseId: closed, title: {}, order: "V", state: "draft" } }]));
    const person = await school.person();
    await school.enrol(closed, person, "student");
    await school.leave(closed, person);
    const after = await school.module(closed, "published");
    const told = (await new TestDevice(school, person).pull()).map(({ id }) => id);
    expect(told).not.toContain(before);
    expect(told).not.toContain(after);
    expect(told).toContain(closed);
  });

  it("V3 a deleted document is removed everywhere", async () => {
    const id = await school.module(course, "published");
    const device = new TestDevice(school, student);
    await device.pull();
    const document = (await master("modules", id)) as never;
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document, deleted: true }]));
    expect(await device.pull()).toEqual([{ id, removed: true }]);
  });
});

describe("what a device should hold (F11)", () => {
  const check = async (device: TestDevice) => {
    const pulls = device.collections.map((collection) => ({ collection, checkpoint: device.checkpoints.get(collection) ?? null }));
    return readPages(await school.sync.pull(device.userId, { pulls, check: true })).results;
  };
  const holds = (device: TestDevice) => device.collections.map((collection) => ({ collection, held: heldOf([...(device.documents.get(collection)?.values() ?? [])].map(({ rev }) => String(rev))) }));

  it("is what a device without gaps holds, through grants, removals and deletions, of everybody", async () => {
    const [person, other] = [await school.person(), await school.course()];
    for (const id of [course, other]) await school.enrol(id, person, "student");
    await school.enrol(other, teacher, "instructor");
    const [module, hidden] = [await school.module(other, "published"), await school.module(other, "published")];
    const row = progressOf(person, newId(), other);
    await school.push(person, "progress", [{ newDocumentState: row }]);
    for (const userId of [person, teacher, student]) {
      const device = new TestDevice(school, userId);
      await device.pull();
      expect(await check(device)).toEqual(holds(device));
      if (userId !== person) continue;
      await setState(hidden, "draft");
      // News first: what a device has not been told it cannot hold.
      expect((await check(device)).find(({ collection }) => collection === "modules")).not.toHaveProperty("held");
      await device.pull();
      expect(await check(device)).toEqual(holds(device));
      expect(device.ids("modules")).toContain(module);
      await school.leave(other, person);
      await device.pull();
      expect(await check(device)).toEqual(holds(device));
    }
  });

  it("differs for a document that is missing, old, or no longer anybody's", async () => {
    const device = new TestDevice(school, teacher);
    await device.pull();
    const modules = device.documents.get("modules") ?? new Map<string, PulledDocument>();
    const [first] = modules.values();
    if (!first) throw new Error("there is a module");
    const should = (await check(device)).find(({ collection }) => collection === "modules")?.held;
    const others = [...modules.values()].filter(({ id }) => id !== first.id).map(({ rev }) => String(rev));
    for (const revs of [others, [...others, newRev()], [...others, String(first["rev"]), newRev()]]) expect(heldOf(revs)).not.toEqual(should);
    expect(heldOf([...others, String(first["rev"])])).toEqual(should);
  });

  it("is not said while a change is held back by the horizon", async () => {
    const device = new TestDevice(school, teacher);
    await device.pull();
    await database.sql.begin(async (long) => {
      await long`select pg_current_xact_id()`;
      const module = await school.module(course, "published");
      expect(await check(device)).toContainEqual({ collection: "modules" });
      expect(device.ids("modules")).not.toContain(module);
    });
    await device.pull();
    expect(await check(device)).toEqual(holds(device));
  });
});

describe("what a device claims", () => {
  it("A1 gives nobody anything of a course they are not in, whatever the checkpoint says", async () => {
    const stranger = await school.person();
    const [theirs, staffs] = [new TestDevice(school, student), new TestDevice(school, teacher)];
    await Promise.all([theirs.pullOnce(1), staffs.pull()]);
    const forged = [...theirs.checkpoints.values(), ...staffs.checkpoints.values(), "", "garbage", "AAAAAAAAA", "x".repeat(4_096), "AAAAAAAAA.B.cg.1.1.1", "AAAAAAAAA.B.cl.1.00000000-0000-0000-0000-000000000000"];
    const [{ owner } = { owner: "" }] = await ownTags(stranger);
    const own = [`${owner}AAAAA.B.cg.B.A.A`, `${owner}AAAAA`, `${owner}____A.B.sg.A.A.A`, `${owner}AAAAB.C.cl.A.00000000-0000-0000-0000-000000000000`, `${owner}AAAA-----------`, `${owner}AAAAA.B.cg.-----------.-----------.-----------`];
    const scopes = await database.sql<{ id: string; horizon: string }[]>`
      select id::text, pg_snapshot_xmin(pg_current_snapshot())::text as horizon from scope where name in (${courseScope(course)}, ${staffScope(course)})`;
    expect(scopes).toHaveLength(2);
    const inTheirScopes = scopes.map(({ id, horizon }) =>
      encodePosition(owner, { drained: 0n, grants: "AAAA", walk: { target: BigInt(horizon), changed: true, place: { part: "given", scope: BigInt(id), xid: 0n, seq: 0n } } }),
    );
    for (const checkpoint of [...forged, ...own, ...inTheirScopes]) {
      for (const collection of ["courses", "modules", "members", "progress", "drafts", "items"]) {
        const told = await school.sync.pull(stranger, { pulls: [{ collection, checkpoint: checkpoint ?? null }] }).catch((error: unknown) => error);
        expect(told).toSatisfy((answer) => (answer instanceof CodedError ? answer.code === "epoch_changed" : JSON.stringify(answer) === JSON.stringify({ results: [{ collection }] })));
      }
    }
  });

  /** The first four characters of a person's own checkpoints, found by asking for something that is theirs. */
  async function ownTags(userId: string) {
    const row = progressOf(userId, newId(), course);
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "progress", document: row }]));
    const device = new TestDevice(school, userId, ["progress"]);
    await device.pull();
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "progress", document: row, deleted: true }]));
    await database.sql`delete from scope_doc where doc_id = ${row.id}`;
    return [{ owner: device.checkpoints.get("progress")?.slice(0, 4) ?? "" }];
  }

  it.each([
    ["none", () => null],
    ["garbage", () => "%%%%"],
    ["another person's", (other: string | null) => other],
    ["one from the future", (_: string | null, own: string | null) => `${own?.slice(0, 8)}-----------`],
  ])("A2 with a checkpoint that is %s a device that holds data is brought right again", async (_, spoil) => {
    const person = await school.person();
    const left = await school.course();
    for (const id of [course, left]) await school.enrol(id, person, "student");
    const module = await school.module(course, "published");
    const [device, other] = [new TestDevice(school, person), new TestDevice(school, teacher)];
    await Promise.all([device.pull(), other.pull()]);
    await school.leave(left, person);
    await setState(module, "draft");
    for (const collection of device.collections) {
      device.checkpoints.set(collection, spoil(other.checkpoints.get(collection) ?? null, device.checkpoints.get(collection) ?? null));
    }
    await device.pull();
    expect(device.ids("courses")).toEqual([course]);
    expect(device.get("modules", module)).toBeUndefined();
    const fresh = new TestDevice(school, person);
    await fresh.pull();
    expect(device.documents).toEqual(fresh.documents);
  });

  it("A5 another student's progress and drafts reach nobody else, not even staff", async () => {
    const row = progressOf(student, newId(), course, { score: 1 });
    const draft = draftOf(student, course, { body: "secret" });
    await school.push(student, "progress", [{ newDocumentState: row }]);
    await school.push(student, "drafts", [{ newDocumentState: draft }]);
    for (const userId of [teacher, await school.person("administrator")]) {
      const told = (await new TestDevice(school, userId).pull()).map(({ id }) => id);
      expect(told).not.toContain(row.id);
      expect(told).not.toContain(draft.id);
    }
  });

  it("A6 a grant and its loss act with the very next request", async () => {
    const person = await school.person();
    const device = new TestDevice(school, person);
    await database.transaction((transaction) => grantScopes(transaction, person, [courseScope(course), staffScope(course)]));
    await device.pull();
    expect(device.ids("courses")).toEqual([course]);
    await database.transaction((transaction) => revokeScopes(transaction, person, [courseScope(course), staffScope(course)]));
    await device.pull();
    expect(device.ids("courses")).toEqual([]);
  });
});
