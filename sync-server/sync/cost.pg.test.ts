import { courseScope } from "@mochila/shared/access/scope.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import * as z from "zod/mini";
import { afterAll, beforeAll, expect, it } from "vitest";
import { grantScopes } from "../access/grants.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase, openTold } from "../db/test-database.ts";
import { createTestSchool, edit, progressOf, TestDevice, type TestSchool } from "./test-school.ts";
import { createWriteDocuments } from "./write-documents.ts";

/** The six collections that later issues bring: a line each, and a table. */
const later = ["submissions", "grades", "posts", "calendar", "notifications", "awards"].map(
  (name, index): CollectionDefinition => ({
    name,
    number: 7 + index,
    version: 1,
    schema: z.strictObject({ id: z.string(), rev: z.string(), courseId: z.string() }) as unknown as CollectionDefinition["schema"],
    fields: { courseId: { writer: "creation" } },
    scopesOf: (document) => [courseScope(String(document["courseId"]))],
    mayCreate: () => false,
    mayUpdate: () => false,
    mayDelete: () => false,
    bytesMax: 1_000,
  }),
);
const twelve = [...registry, ...later];
const SCOPES = 30;

let database: Database;
let url: string;
let drop: () => Promise<void>;
let school: TestSchool;
let person: string;

beforeAll(async () => {
  ({ database, url, drop } = await createTestDatabase());
  for (const { name } of later) await database.sql`create table ${database.sql(`doc_${name}`)} (like doc_courses including all)`;
  school = await createTestSchool(database, { registry: twelve });
  person = await school.person();
  const write = createWriteDocuments(twelve);
  await database.transaction(async (transaction) => {
    const ids = Array.from({ length: SCOPES - 2 }, () => newId());
    await grantScopes(transaction, person, ids.map(courseScope));
    for (const courseId of ids) {
      const module = { id: newId(), courseId, title: {}, order: "V", state: "published" };
      await write(transaction, [{ collection: "modules", document: module }, ...later.map(({ name }) => ({ collection: name, document: { id: newId(), courseId } }))]);
    }
  });
});
afterAll(() => drop());

const pullsOf = (device: TestDevice) => device.collections.map((collection) => ({ collection, checkpoint: device.checkpoints.get(collection) ?? null }));

it("F7 an unchanged pull of 12 collections and 30 scopes has bodies of at most 1,000 bytes together", async () => {
  const device = new TestDevice(school, person, twelve.map(({ name }) => name));
  await device.pull();
  const fitted = pullsOf(device).map(({ collection, checkpoint }) => {
    // As long as a checkpoint gets: every collection has one, after 68 billion transactions.
    const longest = `${(checkpoint ?? "AAAAAAAA").slice(0, 8)}______`;
    return { collection, checkpoint: longest };
  });
  const response = await school.sync.pull(person, { pulls: pullsOf(device) });
  const bytes = JSON.stringify({ pulls: fitted }).length + JSON.stringify(response).length;
  console.log(`unchanged pull, 12 collections x 30 scopes: at most ${bytes} bytes; now ${JSON.stringify({ pulls: pullsOf(device) }).length + JSON.stringify(response).length}`);
  expect(response.results).toEqual(twelve.map(({ name }) => ({ collection: name })));
  expect(later.every(({ name }) => device.ids(name).length === SCOPES - 2)).toBe(true);
  expect(bytes).toBeLessThanOrEqual(1_000);
});

it("F8 reads the feed through its index, and an empty poll of 30 scopes touches few pages", async () => {
  await database.sql`
    insert into scope_doc (scope_id, coll, doc_id, op)
    select scope.id, 3, gen_random_uuid(), 'P' from scope cross join generate_series(1, 3000)`;
  await database.sql`analyze scope_doc`;
  const [horizon] = await database.sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`;
  const scopes = (await database.sql`select scope_id::text as id from user_scope where user_id = ${person}`).map(({ id }) => id as string);
  const explained = await database.sql.unsafe(`
    explain (analyze, buffers, format json)
    select cursor.scope, feed.id from unnest(array[${scopes.join(",")}]::bigint[]) as cursor (scope)
    cross join lateral (
      select entry.doc_id as id, entry.xid, entry.seq from scope_doc as entry
      where entry.scope_id = cursor.scope and entry.coll = 3 and (entry.xid, entry.seq) > ('${horizon?.["xmin"]}'::xid8, 0)
        and entry.xid < '${horizon?.["xmin"]}'::xid8 order by entry.xid, entry.seq limit 201) as feed`);
  const text = JSON.stringify(explained);
  const [{ Plan: plan }] = (explained[0] as unknown as { "QUERY PLAN": [{ Plan: Record<string, number> }] })["QUERY PLAN"];
  const pages = (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
  console.log(`empty poll of ${scopes.length} scopes in one collection: ${pages} pages`);
  expect(text).toContain("scope_doc_feed");
  expect(text).not.toContain("Seq Scan");
  expect(pages).toBeLessThanOrEqual(scopes.length * 5);
});

it("F9 the number of statements does not grow with the rows, and rows per second are told", async () => {
  let statements = 0;
  const counted = openTold(url, () => (statements += 1));
  const counting = await createTestSchool(counted);
  const course = await school.course();
  const student = await school.person();
  await school.enrol(course, student, "student");
  const made = (count: number) => Array.from({ length: count }, () => progressOf(student, newId(), course, { seenAt: 1, score: 0.5 }));
  const edited = (documents: ReturnType<typeof made>) => documents.map((document) => edit(document, { score: 0.7 }));
  const measure = async (work: () => Promise<unknown>) => {
    const [from, before] = [performance.now(), statements];
    await work();
    return { statements: statements - before, perSecond: Math.round(500_000 / (performance.now() - from)) };
  };
  const push = (rows: Parameters<TestSchool["push"]>[2]) => measure(() => counting.push(student, "progress", rows));
  const sent = (documents: ReturnType<typeof made>) => documents.map((newDocumentState) => ({ newDocumentState }));
  await push(sent(made(500)));
  const [one, many] = [made(1), made(500)];
  const [createOne, createMany, editOne, editMany] = [await push(sent(one)), await push(sent(many)), await push(edited(one)), await push(edited(many))];
  const pull = await measure(() => new TestDevice(counting, student, ["progress"]).pull());
  console.log(`rows per second, one request of 500 at a time: push new ${createMany.perSecond}, push edits ${editMany.perSecond}, pull ${pull.perSecond * 2}`);
  console.log(`statements: push of new rows ${createMany.statements}, of edits ${editMany.statements}`);
  expect([createMany.statements, editMany.statements]).toEqual([createOne.statements, editOne.statements]);
  const device = new TestDevice(counting, student);
  await device.pull();
  expect((await measure(() => device.pullOnce())).statements).toBeLessThanOrEqual(4);
  await counted.close();
});
