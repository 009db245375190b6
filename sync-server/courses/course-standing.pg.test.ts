import { afterAll, beforeAll, expect, it } from "vitest";
import { mayTeach } from "@mochila/shared/access/actor.ts";
import { courseScope, staffScope } from "@mochila/shared/access/scope.ts";
import { newId, newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, TestDevice, type TestSchool } from "../sync/test-school.ts";
import { courseStanding } from "./course-standing.ts";
import { enrol } from "./enrol.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database, { serverRules: [courseStanding] });
});
afterAll(() => drop());

/** A course with a teacher, a student who has it on a device, and a published module. */
async function taught() {
  const [course, teacher, student] = [await school.course(), await school.person("instructor"), await school.person()];
  await school.enrol(course, teacher, "instructor");
  await school.enrol(course, student, "student");
  const module = await school.module(course, "published");
  const [desk, phone] = [new TestDevice(school, teacher), new TestDevice(school, student)];
  await desk.pull();
  await phone.pull();
  let last: string | undefined;
  const setState = async (state: string) => {
    // The feed tells nothing that is younger than an open transaction: an enrolment under way may hold back what the desk itself wrote last.
    await expect.poll(async () => {
      await desk.pull();
      return last === undefined || desk.get("courses", course)?.["state"] === last;
    }).toBe(true);
    last = state;
    const { _deleted, ...master } = desk.get("courses", course) ?? { id: course };
    const { conflicts, rejected } = await school.push(teacher, "courses", [{ newDocumentState: { ...master, state, rev: newRev() }, assumedMasterState: master }]);
    expect([conflicts, rejected]).toEqual([[], []]);
  };
  return { course, teacher, student, module, desk, phone, setState };
}

const held = async (userId: string) =>
  (await database.sql<{ name: string }[]>`select name from user_scope join scope on scope.id = scope_id where user_id = ${userId} and to_xid is null`).map(({ name }) => name);

it.each(["draft", "trashed"])("G7 a course that is set to %s is removed from its students' devices with all that is in it, and comes back whole", async (state) => {
  const { course, teacher, student, module, desk, phone, setState } = await taught();
  await setState(state);
  await phone.pull();
  expect([phone.ids("courses"), phone.ids("modules"), phone.ids("members")]).toEqual([[], [], []]);
  await desk.pull();
  expect(desk.ids("modules")).toEqual([module]);
  expect(await held(teacher)).toEqual(expect.arrayContaining([courseScope(course), staffScope(course)]));
  // What the student did offline meanwhile is still taken.
  const itemId = newId();
  const progress = { id: pairId(student, itemId), courseId: course, itemId, userId: student, rev: newRev(), seenAt: 1 };
  expect(await school.push(student, "progress", [{ newDocumentState: progress }])).toMatchObject({ conflicts: [], rejected: [] });
  const later = await school.module(course, "published");
  await phone.pull();
  expect(phone.ids("modules")).toEqual([]);
  await setState("published");
  await phone.pull();
  const fresh = new TestDevice(school, student);
  await fresh.pull();
  expect(phone.ids("modules")).toEqual([module, later].sort());
  expect(phone.documents).toEqual(fresh.documents);
});

it("G7 an archived course stays where it is", async () => {
  const { course, module, phone, setState } = await taught();
  await setState("archived");
  await phone.pull();
  expect([phone.ids("courses"), phone.ids("modules")]).toEqual([[course], [module]]);
});

it("G7 who is put into a course that is not shown receives it when it is", async () => {
  const { course, setState } = await taught();
  await setState("draft");
  const late = await school.person();
  await database.transaction((transaction) => enrol(transaction, { courseId: course, userId: late, name: "Late", role: "student" }));
  const phone = new TestDevice(school, late);
  await phone.pull();
  expect([phone.ids("courses"), phone.ids("modules"), phone.ids("members")]).toEqual([[], [], []]);
  await setState("published");
  await phone.pull();
  expect(phone.ids("courses")).toEqual([course]);
  expect(phone.ids("modules")).toHaveLength(1);
});

it("G7 an assistant who becomes a student of a hidden course holds nothing of it", async () => {
  const { course, setState } = await taught();
  const person = await school.person();
  const put = (role: "assistant" | "student") => database.transaction((transaction) => enrol(transaction, { courseId: course, userId: person, name: "Helper", role }));
  await put("assistant");
  await setState("draft");
  expect(await held(person)).toEqual(expect.arrayContaining([courseScope(course), staffScope(course)]));
  await put("student");
  expect((await held(person)).filter((name) => name.startsWith("c"))).toEqual([]);
});

it("G7 five enrolments while the course is shown and hidden leave nobody with the wrong grant", async () => {
  const { course, setState } = await taught();
  const people = await Promise.all(Array.from({ length: 5 }, () => school.person()));
  const enrolments = people.map((userId) => database.transaction((transaction) => enrol(transaction, { courseId: course, userId, name: "New", role: "student" })));
  const changes = (async () => {
    for (const state of ["draft", "published", "draft"]) await setState(state);
  })();
  await Promise.all([...enrolments, changes]);
  for (const person of people) expect(await held(person)).not.toContain(courseScope(course));
});

it("G8 an archived course is changed by nobody, not by who teaches it either, who may bring it back; what they wrote meanwhile comes back to them", async () => {
  const { course, teacher, module, desk, setState } = await taught();
  const rename = async (title: string) => {
    await desk.pull();
    const { _deleted, ...master } = desk.get("modules", module) ?? { id: module };
    return school.push(teacher, "modules", [{ newDocumentState: { ...master, title: { en: title }, rev: newRev() }, assumedMasterState: master }]);
  };
  const add = () => school.push(teacher, "modules", [{ newDocumentState: { id: newId(), courseId: course, title: { en: "More" }, order: "V", state: "draft", rev: newRev() } }]);
  await setState("archived");
  expect([(await rename("Changed")).rejected, (await add()).rejected]).toMatchObject([[{ code: "row_forbidden" }], [{ code: "row_forbidden" }]]);
  expect(mayTeach(await loadActor(database.sql, teacher), course)).toBe(false);
  await setState("published");
  expect([(await rename("Changed")).rejected, (await add()).rejected]).toEqual([[], []]);
});
