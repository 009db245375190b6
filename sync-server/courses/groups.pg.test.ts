import type { Member } from "@mochila/shared/courses/member.ts";
import { newId, newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { interleave } from "../db/test-interleaving.ts";
import { createTestSchool, edit, type PushAnswer, TestDevice, type TestSchool } from "../sync/test-school.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { changeRole, enrol, unenrol } from "./enrol.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
let course: string;
let teacher: string;
let assistant: string;
let student: string;
let stranger: string;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  course = await school.course();
  [teacher, assistant, student, stranger] = [await school.person("instructor"), await school.person(), await school.person(), await school.person("instructor")];
  await school.enrol(course, teacher, "instructor");
  await school.enrol(course, assistant, "assistant");
  await school.enrol(course, student, "student");
});
afterAll(() => drop());

/** As an app of today pushes it. */
async function push(userId: string, ...rows: PushRow[]): Promise<PushAnswer> {
  const { response } = await school.sync.push({ userId }, { pushes: [{ collection: "members", version: 2, rows }] });
  const [result] = response.results;
  if (!result) throw new Error("a push of one collection has one answer");
  return result;
}
const master = async (id: string) => (await readDocuments(database.sql, "members", [id])).get(id) as never;
const person = () => master(pairId(course, student));
const group = (fields: Record<string, unknown> = {}) => ({ newDocumentState: { id: newId(), rev: newRev(), courseId: course, kind: "group", title: "Herons", ...fields } });
const codes = ({ rejected }: PushAnswer): string[] => rejected.map(({ code }) => code);

test("EN5 staff make groups and arrange people, offline and on each other's heels; everybody in the course receives them", async () => {
  const [herons, frogs] = [group(), group({ title: "Frogs" })];
  expect(codes(await push(teacher, herons))).toEqual([]);
  expect(codes(await push(assistant, frogs, edit(await person(), { groupId: frogs.newDocumentState.id })))).toEqual([]);
  expect(await person()).toMatchObject({ groupId: frogs.newDocumentState.id, role: "student" });
  // Both had the row as it was: the later one stands, and the person is in one group.
  const base = await person();
  await push(teacher, edit(base, { groupId: herons.newDocumentState.id }));
  await push(assistant, edit(base, { groupId: newId() }));
  await push(teacher, edit(await person(), { groupId: herons.newDocumentState.id }));
  const device = new TestDevice(school, student);
  await device.pull();
  expect(device.get("members", pairId(course, student))).toMatchObject({ groupId: herons.newDocumentState.id });
  expect(device.get("members", frogs.newDocumentState.id)).toMatchObject({ title: "Frogs" });
  await push(assistant, edit(await master(frogs.newDocumentState.id), { title: "Green frogs", dissolved: true }));
  expect(await master(frogs.newDocumentState.id)).toMatchObject({ title: "Green frogs", dissolved: true });
});

test("EN5 nobody else makes or changes them, and a group is no way to become somebody", async () => {
  const known = group();
  await push(teacher, known);
  const id = known.newDocumentState.id;
  for (const who of [student, stranger]) {
    expect(codes(await push(who, group()))).toEqual(["row_forbidden"]);
    expect(codes(await push(who, edit(await master(id), { title: "Mine" }))).length).toBe(1);
  }
  expect(codes(await push(student, edit(await person(), { groupId: id })))).toEqual(["row_forbidden"]);
  // What the server alone writes, another course, and the place of a person.
  for (const change of [{ role: "instructor" }, { state: "left" }, { name: "Somebody else" }, { endsAt: 1 }, { userId: stranger }]) expect(codes(await push(teacher, edit(await person(), change)))).toEqual(["row_forbidden"]);
  const other = await school.course();
  await school.enrol(other, teacher, "instructor");
  expect(codes(await push(teacher, edit(await master(id), { courseId: other })))).toEqual(["row_forbidden"]);
  expect(codes(await push(teacher, group({ id: pairId(course, stranger) })))).toEqual(["row_forbidden"]);
  for (const wrong of [{ userId: stranger, name: "x", role: "student", state: "active" }, { kind: "person" }, { title: 1 }]) expect(codes(await push(teacher, group(wrong)))).toEqual(["row_invalid"]);
  const made = { newDocumentState: { id: newId(), rev: newRev(), courseId: course, userId: stranger, name: "x", role: "student", state: "active" } };
  expect(codes(await push(teacher, made as unknown as PushRow))).toEqual(["row_forbidden"]);
});

test("EN5 a group stays with a new role and a new name, and goes with who leaves", async () => {
  const { newDocumentState } = group();
  await push(teacher, { newDocumentState }, edit(await person(), { groupId: newDocumentState.id }));
  const put = (role: "student" | "assistant") => database.transaction((transaction) => enrol(transaction, { courseId: course, userId: student, name: "", role }));
  await database.sql`update person set name = 'New name' where id = ${student}`;
  await put("assistant");
  expect(await person()).toMatchObject({ groupId: newDocumentState.id, role: "assistant", name: "New name" });
  await database.transaction((transaction) => unenrol(transaction, { courseId: course, userId: student }));
  await put("student");
  expect(await person()).not.toHaveProperty("groupId");
});

test("EN5 a group that is given at the moment in which somebody gets another role stays", async () => {
  await database.transaction((transaction) => unenrol(transaction, { courseId: course, userId: student }));
  await database.transaction((transaction) => enrol(transaction, { courseId: course, userId: student, name: "", role: "student" }));
  const given = { ...(await person() as Member), groupId: newId() };
  const result = await interleave(
    database,
    (transaction) => writeDocuments(transaction, [{ collection: "members", document: given }]),
    () => database.transaction((transaction) => changeRole(transaction, { courseId: course, userId: student, name: "", role: "observer" })),
  );
  expect([result.status, await person()]).toMatchObject(["fulfilled", { groupId: given.groupId, role: "observer" }]);
});

test("EN5 an app of before, which knows no groups, takes nobody out of one", async () => {
  const { newDocumentState } = group();
  await push(teacher, { newDocumentState }, edit(await person(), { groupId: newDocumentState.id }));
  const { groupId: _group, ...older } = (await person()) as { groupId: string; id: string; rev: string };
  await school.push(teacher, "members", [edit(older, {})]);
  expect(await person()).toMatchObject({ groupId: newDocumentState.id });
});
