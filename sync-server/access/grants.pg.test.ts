import { courseScope, personScope, staffScope } from "@mochila/shared/access/scope.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, TestDevice, type TestSchool } from "../sync/test-school.ts";
import { loadActor } from "./actor.ts";
import { ensurePersonScopes, grantScopes, revokeScopes } from "./grants.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
});
afterAll(() => drop());

const held = async (userId: string) =>
  (await database.sql`select name from user_scope join scope on scope.id = scope_id where user_id = ${userId} and to_xid is null order by name`).map(({ name }) => name as string);
const rowOf = (userId: string, scope: string) =>
  database.sql`select from_xid::text, to_xid::text, known_xid::text from user_scope join scope on scope.id = scope_id where user_id = ${userId} and name = ${scope}`;

it("G1 a person holds their own scope and what is for all; granting again changes nothing", async () => {
  const person = await school.person();
  expect(await held(person)).toEqual(["all", personScope(person)]);
  const before = await rowOf(person, "all");
  await database.transaction((transaction) => ensurePersonScopes(transaction, person));
  expect(await rowOf(person, "all")).toEqual(before);
});

it("G3 a grant, its loss and a new grant keep one row, and when the scope was first known", async () => {
  const [person, scope] = [await school.person(), courseScope(newId())];
  const grant = () => database.transaction((transaction) => grantScopes(transaction, person, [scope]));
  const revoke = () => database.transaction((transaction) => revokeScopes(transaction, person, [scope]));
  expect(await grant()).toEqual([personScope(person)]);
  const [first] = await rowOf(person, scope);
  expect(await revoke()).toEqual([personScope(person)]);
  const [lost] = await rowOf(person, scope);
  expect(Number(lost?.["to_xid"])).toBeGreaterThan(Number(first?.["from_xid"]));
  await revoke();
  expect(await rowOf(person, scope)).toEqual([lost]);
  await grant();
  const [again] = await rowOf(person, scope);
  expect(again).toMatchObject({ to_xid: null, known_xid: first?.["known_xid"] });
  expect(Number(again?.["from_xid"])).toBeGreaterThan(Number(lost?.["to_xid"]));
});

it("G1 many people are granted one new scope at the same time", async () => {
  const scope = courseScope(newId());
  const persons = await Promise.all(Array.from({ length: 10 }, () => school.person()));
  await Promise.all(persons.map((person) => database.transaction((transaction) => grantScopes(transaction, person, [scope]))));
  for (const person of persons) expect(await held(person)).toContain(scope);
});

it("A6 the actor's roles are those of the active members documents", async () => {
  const [person, one, other] = [await school.person("instructor"), await school.course(), await school.course()];
  await school.enrol(one, person, "instructor");
  await school.enrol(other, person, "student");
  expect(await loadActor(database.sql, person)).toEqual({ userId: person, systemRole: "instructor", courses: new Map([[one, "instructor"], [other, "student"]]) });
  await school.leave(one, person);
  expect((await loadActor(database.sql, person)).courses).toEqual(new Map([[other, "student"]]));
});

it("A4 a suspended person has no role anywhere; one who does not exist has no session", async () => {
  const [admin, course] = [await school.person("administrator"), await school.course()];
  await school.enrol(course, admin, "instructor");
  await database.sql`update person set state = 'suspended' where id = ${admin}`;
  expect(await loadActor(database.sql, admin)).toEqual({ userId: admin, systemRole: "student", courses: new Map() });
  await expect(loadActor(database.sql, newId())).rejects.toMatchObject({ code: "session_ended" });
});

it("G6 a document that was pushed while the right to it was taken away is removed from its writer's device too", async () => {
  const [course, person] = [await school.course(), await school.person("instructor")];
  await school.enrol(course, person, "instructor");
  const device = new TestDevice(school, person, ["modules"]);
  const made = { id: newId(), rev: newRev(), courseId: course, title: {}, order: "V", state: "draft" };
  const { sql } = database;
  const isAwaited = async (kind: "relation" | "advisory") =>
    (await sql`select 1 from pg_locks where not granted and locktype = ${kind} and database = (select oid from pg_database where datname = current_database())`).length > 0;

  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  // The push stands at this door: it has read the right, and has no number yet.
  const door = await new Promise<{ readonly end: Promise<unknown> }>((shut, fail) => {
    const end = sql.begin(async (transaction) => {
      await transaction`lock table doc_modules in exclusive mode`;
      shut({ end });
      await closed;
    });
    end.catch(fail);
  });
  const push = school.push(person, "modules", [{ newDocumentState: made }]);
  await expect.poll(() => isAwaited("relation")).toBe(true);
  // The loss has a number before the push, and would be through if it did not wait.
  let lost = false;
  const loss = database.transaction(async (transaction) => {
    await transaction`select pg_current_xact_id()`;
    await revokeScopes(transaction, person, [courseScope(course), staffScope(course)]);
    lost = true;
  });
  await expect.poll(async () => lost || (await isAwaited("advisory"))).toBe(true);
  open();
  await Promise.all([door.end, push, loss]);
  expect(await sql`select id from doc_modules where course_id = ${course}`).toEqual([{ id: made.id }]);
  expect((await device.pull()).filter(({ removed }) => removed)).toEqual([{ id: made.id, removed: true }]);
});
