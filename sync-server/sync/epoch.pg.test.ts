import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { ensureEpoch } from "./epoch.ts";
import { createTestSchool, TestDevice, type TestSchool } from "./test-school.ts";
import { sweep } from "./tombstones.ts";
import { registry } from "@mochila/shared/registry.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
});
afterAll(() => drop());

const start = async () => (await ensureEpoch({ database, random: systemRandom })).renewed;

it("E1 a second start, also of several instances at once, keeps the epoch", async () => {
  expect(await Promise.all([start(), start(), start()])).toEqual([false, false, false]);
});

it.each([
  ["another cluster", "update sync_epoch set system_identifier = '1'"],
  ["a counter that went back", "update sync_epoch set last_xid = '999999999999'"],
  ["a dump that was loaded into the same cluster", "create temp table dump as table sync_epoch; delete from sync_epoch; insert into sync_epoch select * from dump; drop table dump"],
])("E2 %s begins a new epoch: every device starts anew, loses what it must and gets what it may", async (_, restored) => {
  const [kept, left] = [await school.course(), await school.course()];
  const person = await school.person();
  for (const course of [kept, left]) await school.enrol(course, person, "student");
  const device = new TestDevice(school, person);
  await device.pull();
  await school.leave(left, person);
  // As after a load of a dump: numbers of another cluster, far in the future.
  await database.sql`update scope_doc set xid = '888888888888', first_xid = '888888888888'`;
  await database.sql`update user_scope set from_xid = '888888888888', known_xid = '888888888888', to_xid = case when to_xid is not null then '888888888888'::xid8 end`;
  await database.sql.unsafe(restored);
  expect(await start()).toBe(true);
  expect((await device.pull()).length).toBeGreaterThan(0);
  expect(device.restarts).toBe(1);
  expect(device.ids("courses")).toEqual([kept]);
  const fresh = new TestDevice(school, person);
  await fresh.pull();
  expect(device.documents).toEqual(fresh.documents);
  expect(await device.pullOnce()).toEqual({ sent: [], more: false });
});

it("H1 sweeping removes what has served its time and keeps the rest", async () => {
  const old = "now() - interval '200 days'";
  await database.sql.unsafe(`
    insert into push_reject (user_id, collection, document, rev, code, at) select gen_random_uuid(), 'x', 'd', n::text, 'c', ${old} from generate_series(1, 2500) n;
    insert into push_reject (user_id, collection, document, rev, code) values (gen_random_uuid(), 'x', 'new', 'r', 'c');
    insert into applied_rev (document, rev, user_id, at) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), ${old});
    insert into doc_history (coll, document, rev, body, at) select 6, '00000000-0000-0000-0000-000000000001', gen_random_uuid(), '{}', ${old} from generate_series(1, 60);
    insert into doc_history (coll, document, rev, body, at) select 3, '00000000-0000-0000-0000-000000000002', gen_random_uuid(), '{}', ${old} from generate_series(1, 60);`);
  expect(await sweep({ database, registry })).toBe(2_500 + 1 + 10);
  expect(await database.sql`select document from push_reject`).toMatchObject([{ document: "new" }]);
  expect(await database.sql`select coll, count(*)::int as count from doc_history where coll in (3, 6) and body = '{}' group by coll order by coll`).toMatchObject([{ coll: 3, count: 60 }, { coll: 6, count: 50 }]);
});
