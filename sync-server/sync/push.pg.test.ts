import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
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

describe("a push that is taken", () => {
  it("P4 stores a new document as it was sent and answers nothing", async () => {
    const row = progressOf(student, newId(), course, { seenAt: 5 });
    expect(await school.push(student, "progress", [{ newDocumentState: { ...row, _deleted: false } }])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("progress", row.id)).toEqual(row);
  });

  it("P5 applies an edit of the current version and keeps its revision", async () => {
    const id = await school.module(course, "published");
    const row = edit((await master("modules", id)) as never, { title: title("Second") });
    expect(await school.push(teacher, "modules", [row])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("modules", id)).toEqual(row.newDocumentState);
  });

  it("P6 merges edits of different fields and answers the merged document under a revision of the server", async () => {
    const id = await school.module(course, "published");
    const base = (await master("modules", id)) as never;
    await school.push(teacher, "modules", [edit(base, { title: title("Theirs") })]);
    const mine = edit(base, { order: "Z" });
    const { conflicts, rejected } = await school.push(teacher, "modules", [mine]);
    expect(rejected).toEqual([]);
    expect(conflicts).toEqual([await master("modules", id)]);
    expect(conflicts[0]).toMatchObject({ title: title("Theirs"), order: "Z" });
    expect(conflicts[0]?.["rev"]).not.toBe(mine.newDocumentState.rev);
  });

  it("E3 knows a write that it answered with a master which says all of it already, and one that it merged", async () => {
    const id = await school.module(course, "published");
    const base = (await master("modules", id)) as never;
    await school.push(teacher, "modules", [edit(base, { title: title("Same"), order: "K" })]);
    const [same, merged] = [edit(base, { title: title("Same") }), edit(base, { order: "M" })];
    for (const row of [same, merged]) {
      expect((await school.push(teacher, "modules", [row])).conflicts).toHaveLength(1);
      await expect(school.sync.pull(teacher, { pulls: [], taken: { id, rev: row.newDocumentState.rev } })).resolves.toMatchObject({ results: [] });
    }
    await expect(school.sync.pull(teacher, { pulls: [], taken: { id, rev: newRev() } })).rejects.toMatchObject({ code: "epoch_changed" });
  });

  it("P6 keeps both of two quick edits with the same base: the later one wins its field", async () => {
    const id = await school.module(course, "published");
    const base = (await master("modules", id)) as never;
    const [first, second] = [edit(base, { title: title("edit3") }), edit(base, { title: title("edit4") })];
    await school.push(teacher, "modules", [first]);
    await school.push(teacher, "modules", [second]);
    expect(await master("modules", id)).toMatchObject({ title: title("edit4") });
    const replaced = await database.sql`select rev from doc_history where document = ${id} order by id`;
    expect(replaced.map(({ rev }) => rev)).toContain(first.newDocumentState.rev);
  });

  it("P6 joins two devices that made the same document offline, without a base", async () => {
    const item = newId();
    const [one, other] = [
      progressOf(student, item, course, { seenAt: 9, done: { value: true, at: 20 } }),
      progressOf(student, item, course, { seenAt: 3, done: { value: false, at: 10 }, score: 0.5 }),
    ];
    await school.push(student, "progress", [{ newDocumentState: one }]);
    const { conflicts, rejected } = await school.push(student, "progress", [{ newDocumentState: other }]);
    expect(rejected).toEqual([]);
    expect(conflicts).toEqual([await master("progress", one.id)]);
    expect(conflicts[0]).toMatchObject({ seenAt: 3, done: { value: true, at: 20 }, score: 0.5 });
  });

  it("P8, M3 joins the notes that two devices made on one page offline at different times: all words of both stay", async () => {
    const first = draftOf(student, course, { body: "from the phone\nboth wrote this", createdAt: 100 });
    const second = { ...first, rev: newRev(), body: "from the desk\nboth wrote this", createdAt: 50 };
    await school.push(student, "drafts", [{ newDocumentState: first }]);
    const { conflicts, rejected } = await school.push(student, "drafts", [{ newDocumentState: second }]);
    expect(rejected).toEqual([]);
    expect(conflicts).toEqual([await master("drafts", first.id)]);
    expect(conflicts[0]).toMatchObject({ createdAt: 100 });
    for (const line of ["from the phone", "from the desk", "both wrote this"]) expect(conflicts[0]?.["body"]).toContain(line);
  });

  it("P10 takes a document twice in one request in order", async () => {
    const first = progressOf(student, newId(), course, { score: 0.2 });
    const second = { ...first, rev: newRev(), score: 0.4 };
    const answer = await school.push(student, "progress", [{ newDocumentState: first }, { newDocumentState: second, assumedMasterState: first }]);
    expect(answer).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("progress", first.id)).toEqual(second);
  });

  it("P11 applies collections in the order of the registry, whatever the order of the request", async () => {
    const [moduleId, itemId] = [newId(), newId()];
    const seen: string[] = [];
    const watched = await createTestSchool(database, {
      serverRules: [{ collections: ["items", "modules"], afterWrite: (_, changes) => Promise.resolve((seen.push(...changes.map(({ collection }) => collection)), [])) }],
    });
    const item = { id: itemId, rev: newRev(), courseId: course, kind: "page", moduleId, title: {}, order: "V", state: "draft" };
    const { response } = await watched.sync.push(await watched.actor(teacher), {
      pushes: [
        { collection: "items", rows: [{ newDocumentState: item }] },
        { collection: "modules", rows: [{ newDocumentState: { id: moduleId, rev: newRev(), courseId: course, title: {}, order: "V", state: "draft" } }] },
      ],
    });
    expect(seen).toEqual(["modules", "items"]);
    expect(response.results.map(({ collection }) => collection)).toEqual(["items", "modules"]);
  });
});

describe("a push that is repeated", () => {
  it("P3 accepts the same revision again and changes nothing", async () => {
    const row = { newDocumentState: progressOf(student, newId(), course, { score: 0.1 }) };
    await school.push(student, "progress", [row]);
    const before = await database.sql`select xid, seq from scope_doc where doc_id = ${row.newDocumentState.id}`;
    expect(await school.push(student, "progress", [row])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await database.sql`select xid, seq from scope_doc where doc_id = ${row.newDocumentState.id}`).toEqual(before);
  });

  it("P3 answers the master to the retry of a superseded write (lost answer, then a teacher wrote)", async () => {
    const id = await school.module(course, "published");
    const lost = edit((await master("modules", id)) as never, { title: title("Mine") });
    await school.push(teacher, "modules", [lost]);
    await school.push(teacher, "modules", [edit((await master("modules", id)) as never, { title: title("Newer") })]);
    const { conflicts, rejected } = await school.push(teacher, "modules", [lost]);
    expect(rejected).toEqual([]);
    expect(conflicts).toEqual([await master("modules", id)]);
    expect(conflicts[0]).toMatchObject({ title: title("Newer") });
  });

  it("P3 lets the same request arrive twice at once", async () => {
    const rows = Array.from({ length: 20 }, () => ({ newDocumentState: progressOf(student, newId(), course, { score: 0.3 }) }));
    const answers = await Promise.all(Array.from({ length: 6 }, () => school.push(student, "progress", rows)));
    for (const answer of answers) expect(answer).toMatchObject({ conflicts: [], rejected: [] });
    const stored = await readDocuments(database.sql, "progress", rows.map(({ newDocumentState }) => newDocumentState.id));
    for (const { newDocumentState } of rows) expect(stored.get(newDocumentState.id)).toEqual(newDocumentState);
  });

  it("P12 merges when many devices make one id at the same time", async () => {
    const item = newId();
    const rows = Array.from({ length: 8 }, (_, index) => progressOf(student, item, course, { score: index / 10 }));
    await Promise.all(rows.map((newDocumentState) => school.push(student, "progress", [{ newDocumentState }])));
    expect(await master("progress", rows[0]?.id ?? "")).toMatchObject({ score: 0.7 });
  });
});

describe("a push that is refused", () => {
  const refusal = async (userId: string, collection: string, row: Parameters<TestSchool["push"]>[2][number]) => {
    const { conflicts, rejected } = await school.push(userId, collection, [row]);
    return { conflict: conflicts[0], code: rejected[0]?.code, id: rejected[0]?.id };
  };

  it("P7 answers the master when a student edits what only staff may", async () => {
    const id = await school.module(course, "published");
    const row = edit((await master("modules", id)) as never, { title: title("hacked") });
    expect(await refusal(student, "modules", row)).toEqual({ conflict: await master("modules", id), code: "row_forbidden", id });
  });

  it("P7 keeps what was refused, once", async () => {
    const id = await school.module(course, "published");
    const row = edit((await master("modules", id)) as never, { title: title("kept") });
    await refusal(student, "modules", row);
    await refusal(student, "modules", row);
    const kept = await database.sql`select user_id, collection, code, body from push_reject where document = ${id}`;
    expect(kept).toMatchObject([{ user_id: student, collection: "modules", code: "row_forbidden" }]);
    expect(JSON.parse(kept[0]?.["body"])).toEqual(row.newDocumentState);
  });

  it("P8 refuses a change of a field of the server or of the creation, and takes copies of them", async () => {
    const row = progressOf(student, newId(), course);
    await school.push(student, "progress", [{ newDocumentState: row }]);
    expect(await refusal(student, "progress", edit(row, { itemId: newId() }))).toMatchObject({ code: "row_forbidden" });
    const member = [...(await readDocuments(database.sql, "members", (await database.sql`select id from doc_members where owner_id = ${student}`).map(({ id }) => id as string))).values()][0];
    expect(await refusal(student, "members", edit(member as never, { role: "instructor" }))).toMatchObject({ code: "row_forbidden", conflict: { role: "student" } });
    expect((await school.push(student, "progress", [edit(row, { score: 1 })])).rejected).toEqual([]);
  });

  it("P8 refuses to change when a note was made, or without a base whose or where it is", async () => {
    const draft = draftOf(student, course);
    await school.push(student, "drafts", [{ newDocumentState: draft }]);
    expect(await refusal(student, "drafts", edit(draft, { createdAt: 2 }))).toMatchObject({ code: "row_forbidden", conflict: draft });
    const other = await school.course();
    await school.enrol(other, student, "student");
    for (const change of [{ courseId: other }, { itemId: newId() }, { userId: teacher }]) {
      expect(await refusal(student, "drafts", { newDocumentState: { ...draft, ...change, rev: newRev(), body: "b" } })).toMatchObject({ code: "row_forbidden", conflict: draft });
    }
    expect(await master("drafts", draft.id)).toEqual(draft);
  });

  it("P4 refuses a note under an id that another device would not make", async () => {
    expect(await refusal(student, "drafts", { newDocumentState: draftOf(student, course, { id: newId() }) })).toMatchObject({ code: "row_forbidden" });
  });

  it("P8 an old copy of a field that the server changed since is no change", async () => {
    const page = { id: newId(), courseId: course, kind: "page", moduleId: newId(), title: title("Old"), order: "V", state: "draft" };
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "items", document: page }]));
    const base = (await master("items", page.id)) as never;
    expect((await school.push(teacher, "items", [edit(base, { order: "Z" })])).rejected).toEqual([]);
    expect((await school.push(teacher, "items", [edit(base, { title: title("New") })])).rejected).toEqual([]);
    expect(await master("items", page.id)).toMatchObject({ order: "Z", title: title("New") });
  });

  it("P9 refuses deletions except of one's own drafts", async () => {
    const id = await school.module(course, "published");
    expect(await refusal(teacher, "modules", { newDocumentState: { ...(await master("modules", id)), _deleted: true } })).toMatchObject({ code: "row_deletion", conflict: { id } });
    const draft = draftOf(student, course);
    await school.push(student, "drafts", [{ newDocumentState: draft }]);
    expect(await school.push(student, "drafts", [{ newDocumentState: { ...draft, rev: newRev(), _deleted: true }, assumedMasterState: draft }])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("drafts", draft.id)).toBeUndefined();
    // A second device that still has it: the removal wins, and what it wrote is rescued there.
    expect(await refusal(student, "drafts", edit(draft, { body: "b" }))).toMatchObject({ code: "row_removed", conflict: { id: draft.id, _deleted: true } });
  });

  it("P9 a deletion of what was edited elsewhere since is not done", async () => {
    const draft = draftOf(student, course);
    await school.push(student, "drafts", [{ newDocumentState: draft }]);
    const newer = edit(draft, { body: "a\nmore" });
    await school.push(student, "drafts", [newer]);
    const answer = await school.push(student, "drafts", [{ newDocumentState: { ...draft, rev: newRev(), _deleted: true }, assumedMasterState: draft }]);
    expect(answer).toMatchObject({ conflicts: [{ body: "a\nmore" }], rejected: [] });
  });

  it.each<[string, Record<string, unknown>]>([
    ["an unknown field", { extra: 1 }],
    ["a field of the wrong type", { score: "high" }],
    ["a value out of bounds", { score: 2 }],
    ["a revision that is no UUID", { rev: "1-abc" }],
    ["an own __proto__", JSON.parse('{"__proto__":{"userId":"x"}}') as Record<string, unknown>],
  ])("P1 refuses %s and takes the good rows beside it", async (_, bad) => {
    const good = progressOf(student, newId(), course, { score: 1 });
    const poison: Record<string, unknown> = progressOf(student, newId(), course);
    for (const key of Object.keys(bad)) Object.defineProperty(poison, key, { value: bad[key], enumerable: true });
    const { rejected, conflicts } = await school.push(student, "progress", [{ newDocumentState: poison }, { newDocumentState: good }]);
    expect(rejected).toMatchObject([{ id: poison["id"], code: "row_invalid" }]);
    expect(conflicts).toEqual([{ id: poison["id"], _deleted: true }]);
    expect(await master("progress", good.id)).toEqual(good);
  });

  it("P1 refuses more bytes than the collection has", async () => {
    const draft = draftOf(student, course, { body: "é".repeat(60_000) });
    expect(await refusal(student, "drafts", { newDocumentState: draft })).toMatchObject({ code: "row_invalid" });
  });

  it("P1 refuses text that Postgres cannot hold, and keeps it", async () => {
    const draft = draftOf(student, course, { body: "a\u0000b" });
    const half = draftOf(student, course, { body: "\ud800" });
    const escaped = draftOf(student, course, { body: String.raw`\u0000 in words` });
    const { rejected } = await school.push(student, "drafts", [draft, half, escaped].map((newDocumentState) => ({ newDocumentState })));
    expect(rejected.map(({ id }) => id)).toEqual([draft.id, half.id]);
    const [kept] = await database.sql`select body from push_reject where document = ${draft.id}`;
    expect(JSON.parse(kept?.["body"])).toEqual(draft);
  });

  it("P1 an id that only looks like one harms no other row", async () => {
    const good = draftOf(student, course, { body: "kept" });
    const bad = { newDocumentState: { id: "-".repeat(36), rev: newId() } };
    const { rejected } = await school.push(student, "drafts", [bad, { newDocumentState: good }]);
    expect(rejected).toMatchObject([{ id: "-".repeat(36), code: "row_invalid" }]);
    expect(await master("drafts", good.id)).toMatchObject({ body: "kept" });
  });

  it("P2 a row that breaks a rule of its table harms no other", async () => {
    await database.sql`alter table doc_drafts add constraint no_poison check (body ->> 'body' <> 'poison')`;
    const draft = (body: string) => draftOf(student, course, { body });
    const rows = ["one", "poison", "two"].map(draft);
    const { rejected } = await school.push(student, "drafts", rows.map((newDocumentState) => ({ newDocumentState })));
    expect(rejected).toMatchObject([{ id: rows[1]?.id, code: "row_invalid" }]);
    expect([...(await readDocuments(database.sql, "drafts", rows.map(({ id }) => id))).values()].map(({ body }) => body).sort()).toEqual(["one", "two"]);
  });

  it("P13 refuses a collection that does not exist before anything is written", async () => {
    await expect(school.push(student, "doc_courses; drop table person", [])).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("who is not in the course", () => {
  it("A3 gets the same answer whether the document exists or not, and never its content", async () => {
    const stranger = await school.person();
    const id = await school.module(course, "draft");
    const real = (await master("modules", id)) as never;
    const invented = { ...(real as Record<string, unknown>), id: newId() } as never;
    for (const write of [(base: never) => edit(base, { title: title("x") }), (base: never) => ({ newDocumentState: edit(base, {}).newDocumentState })]) {
      const [one, other] = [await school.push(stranger, "modules", [write(real)]), await school.push(stranger, "modules", [write(invented)])];
      expect(one.rejected.map(({ code, message }) => [code, message])).toEqual(other.rejected.map(({ code, message }) => [code, message]));
      expect(one.conflicts).toEqual([{ id, _deleted: true }]);
    }
  });

  it("A3 cannot write another's progress nor learn of it", async () => {
    const other = await school.person();
    await school.enrol(course, other, "student");
    const row = progressOf(student, newId(), course, { score: 0.9 });
    await school.push(student, "progress", [{ newDocumentState: row }]);
    expect(await school.push(other, "progress", [edit(row, { score: 0 })])).toMatchObject({ conflicts: [{ id: row.id, _deleted: true }], rejected: [{ code: "row_removed" }] });
    expect(await school.push(other, "progress", [{ newDocumentState: progressOf(student, newId(), course) }])).toMatchObject({ rejected: [{ code: "row_forbidden" }] });
    expect(await master("progress", row.id)).toEqual(row);
  });

  it("A4 a suspended person can neither push nor pull", async () => {
    const suspended = await school.person();
    await school.enrol(course, suspended, "student");
    await database.sql`update person set state = 'suspended' where id = ${suspended}`;
    expect((await school.actor(suspended)).courses.size).toBe(0);
    await expect(school.push(suspended, "progress", [{ newDocumentState: progressOf(suspended, newId(), course) }])).rejects.toMatchObject({ code: "session_ended" });
    await expect(new TestDevice(school, suspended).pull()).rejects.toMatchObject({ code: "session_ended" });
  });

  it("G5 a pending edit in a course that was left is answered with a removal", async () => {
    const leaver = await school.person("instructor");
    await school.enrol(course, leaver, "instructor");
    const id = await school.module(course, "draft");
    const pending = edit((await master("modules", id)) as never, { title: title("pending") });
    await school.leave(course, leaver);
    expect(await school.push(leaver, "modules", [pending])).toMatchObject({ conflicts: [{ id, _deleted: true }], rejected: [{ id, code: "row_removed" }] });
  });
});

describe("work that a restore took (P14)", () => {
  const again = (document: Record<string, unknown>) => ({ newDocumentState: document, again: true as const });
  const clone = <Value>(value: Value): Value => structuredClone(value);

  it("is laid over the older version under its own revision, creates what is missing, and deletes what came back", async () => {
    const id = await school.module(course, "published");
    const older = (await master("modules", id)) as never;
    const lost = edit(older, { title: title("Lost by the restore"), order: "Q" }).newDocumentState;
    expect(await school.push(teacher, "modules", [again(lost)])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("modules", id)).toEqual(lost);

    const made = progressOf(student, newId(), course, { seenAt: 4 });
    expect(await school.push(student, "progress", [again(made)])).toMatchObject({ conflicts: [], rejected: [] });
    expect(await master("progress", made.id)).toEqual(made);

    const note = draftOf(student, course, { body: "deleted since" });
    await school.push(student, "drafts", [{ newDocumentState: note }]);
    expect(await school.push(student, "drafts", [again({ id: note.id, rev: newRev(), _deleted: true })])).toMatchObject({ rejected: [] });
    expect(await master("drafts", note.id)).toBeUndefined();
  });

  it("is known when the backup holds it, also under later work, which stands", async () => {
    const id = await school.module(course, "published");
    const first = edit((await master("modules", id)) as never, { title: title("First") }).newDocumentState;
    await school.push(teacher, "modules", [{ newDocumentState: first, assumedMasterState: await master("modules", id) }]);
    expect(await school.push(teacher, "modules", [again(first)])).toMatchObject({ conflicts: [], rejected: [] });
    const later = edit(clone(first) as never, { title: title("Later") });
    await school.push(teacher, "modules", [later]);
    expect((await school.push(teacher, "modules", [again(first)])).conflicts).toEqual([later.newDocumentState]);
  });

  it("gives nobody a right: what the person may not write is refused as ever", async () => {
    const id = await school.module(course, "published");
    const before = await master("modules", id);
    const forged = edit(before as never, { title: title("Forged") }).newDocumentState;
    expect((await school.push(student, "modules", [again(forged)])).rejected).toMatchObject([{ id, code: "row_forbidden" }]);
    expect((await school.push(teacher, "modules", [again({ ...forged, courseId: await school.course() })])).rejected).toMatchObject([{ id, code: "row_forbidden" }]);
    expect(await master("modules", id)).toEqual(before);
  });

  it("is asked for before anything is compared: a push from beyond this history writes nothing", async () => {
    const device = new TestDevice(school, student);
    await device.pull();
    const seen = device.checkpoints.get("courses") ?? "";
    const row = progressOf(student, newId(), course);
    const push = (checkpoint: string) => school.sync.push({ userId: student }, { pushes: [{ collection: "progress", rows: [{ newDocumentState: row }] }], seen: [checkpoint] });
    await expect(push(`${seen.slice(0, 8)}-----------`)).rejects.toMatchObject({ code: "epoch_changed" });
    expect(await master("progress", row.id)).toBeUndefined();
    await push(seen);
    expect(await master("progress", row.id)).toEqual(row);
  });
});
