import { courseScope } from "@mochila/shared/access/scope.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { grantScopes } from "../access/grants.ts";
import type { Database, Sql } from "../db/database.ts";
import { createTestDatabase, openTold } from "../db/test-database.ts";
import { readStanding } from "./horizon.ts";
import { LatestChanges } from "./latest-changes.ts";
import { createTestSchool, TestDevice, type TestSchool } from "./test-school.ts";

const COURSES = 28;

let database: Database;
let url: string;
let drop: () => Promise<void>;
let counted: Database;
let statements: string[] = [];
/** Two processes of the same school. */
let here: TestSchool;
let there: TestSchool;
let person: string;
let courses: string[];

beforeAll(async () => {
  ({ database, url, drop } = await createTestDatabase());
  counted = openTold(url, (text) => statements.push(text));
});
afterAll(async () => {
  await counted.close();
  await drop();
});

beforeEach(async () => {
  here = await createTestSchool(counted);
  there = await createTestSchool(database);
  person = await there.person();
  courses = Array.from({ length: COURSES }, () => newId());
  await database.transaction((transaction) => grantScopes(transaction, person, courses.map(courseScope)));
});

/** Lets the horizon pass what stands: a number is older than it only when a later one is asked for. */
const pass = () => database.sql`select pg_current_xact_id()`;

async function deviceWithAll(): Promise<TestDevice> {
  const device = new TestDevice(here, person);
  await device.pull();
  await pass();
  await device.pullOnce();
  return device;
}

describe("F8 what has not changed is not looked at", () => {
  it("a pull with nothing new asks who the person is, and for news if any number was given since", async () => {
    await there.module(courses[3] ?? "", "published");
    const device = await deviceWithAll();
    expect(device.ids("modules")).toHaveLength(1);
    await device.pullOnce();
    statements = [];
    const { sent } = await device.pullOnce();
    expect(sent).toEqual([]);
    // PostgreSQL's own housekeeping takes numbers, too: then it asks for news.
    expect(statements.filter((text) => !text.includes("seq > 0"))).toHaveLength(1);
  });

  it("what another process writes comes with the next pull, and only its list is looked at", async () => {
    const device = await deviceWithAll();
    const id = await there.module(courses[5] ?? "", "published");
    statements = [];
    await device.pullOnce();
    expect(device.ids("modules")).toEqual([id]);
    // Standing, news, one walk, documents.
    expect(statements).toHaveLength(4);
  });

  it("a write that was not finished when the feed was followed past its neighbour comes when it is", async () => {
    const device = await deviceWithAll();
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const scope = courseScope(courses[7] ?? "");
    const slow = database.transaction(async (transaction) => {
      await addModule(transaction, scope);
      await finished;
    });
    const quick = await there.module(courses[7] ?? "", "published");
    for (let look = 0; look < 3; look += 1) await device.pullOnce();
    expect(device.ids("modules")).toEqual([]);
    finish();
    await slow;
    await pass();
    await device.pull();
    expect(device.ids("modules")).toHaveLength(2);
    expect(device.ids("modules")).toContain(quick);
  });

  it("after more than is read at once, all of it comes", async () => {
    const device = await deviceWithAll();
    await database.transaction(async (transaction) => {
      for (let index = 0; index < 1_100; index += 1) await addModule(transaction, courseScope(courses[index % COURSES] ?? ""));
    });
    await device.pull();
    expect(device.ids("modules")).toHaveLength(1_100);
  });

  it("a reading from before what was followed serves nobody else", async () => {
    const latest = new LatestChanges();
    const course = courses[9] ?? "";
    const [{ id: scope } = { id: "" }] = await database.sql<{ id: string }[]>`select id::text from scope where name = ${courseScope(course)}`;
    const lists = [{ scope, collection: 3 }];
    const other = postgres(url, { max: 1, onnotice: () => undefined });
    await other.begin("isolation level repeatable read read only", async (before) => {
      const then = await readStanding(before, person);
      await addModule(database.sql, courseScope(course));
      await pass();
      const now = await readStanding(database.sql, person);
      expect(now.horizon).toBeGreaterThan(then.horizon);
      await latest.of(database.sql, now, []);
      const [list] = lists;
      expect(list && (await latest.of(before, then, lists))(list)).toBeLessThan(0n);
      expect(list && (await latest.of(database.sql, now, lists))(list)).toBeGreaterThanOrEqual(then.horizon);
    });
    await other.end();
  });
});

async function addModule(sql: Sql, scope: string): Promise<void> {
  await sql`
    with made as (
      insert into doc_modules (id, rev, body)
      values (gen_random_uuid(), gen_random_uuid(), jsonb_build_object('title', jsonb_build_object('en', 'Rain'), 'order', 'V', 'state', 'published')) returning id)
    insert into scope_doc (scope_id, coll, doc_id, op) select scope.id, 3, made.id, 'P' from made cross join scope where scope.name = ${scope}`;
}
