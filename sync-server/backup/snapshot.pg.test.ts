import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { openDatabase } from "../db/pool.ts";
import { createTestSchool, TestDevice, type TestSchool } from "../sync/test-school.ts";
import { readTables } from "./catalog.ts";
import { asOnlyBackup, inSnapshot } from "./snapshot.ts";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let school: TestSchool;

beforeAll(async () => {
  test_ = await createTestDatabase();
  school = await createTestSchool(test_.database);
});
afterAll(() => test_.drop());

test("BK1 nobody's feed waits for a backup, and what is written meanwhile is not in it", async () => {
  const [course, person] = [await school.course(), await school.person()];
  await school.enrol(course, person, "student");
  const device = new TestDevice(school, person);
  await device.pull();
  await asOnlyBackup(test_.database, (sql) =>
    inSnapshot(sql, async () => {
      const [before] = await sql<{ count: number }[]>`select count(*)::int as count from doc_modules`;
      const made = await school.module(course, "published");
      // A write transaction that was as old would hold it back.
      expect((await device.pull()).map(({ id }) => id)).toEqual([made]);
      const [xid] = await sql`select pg_current_xact_id_if_assigned() as number`;
      expect(xid).toEqual({ number: null });
      expect(await sql`select count(*)::int as count from doc_modules`).toEqual([before]);
    }),
  );
});

test("BK1 two backups of one school are not made at once", async () => {
  const other = openDatabase(test_.url);
  await asOnlyBackup(test_.database, async () => {
    await expect(asOnlyBackup(other, () => Promise.resolve())).rejects.toThrow("Another backup of this school is being made.");
  });
  await asOnlyBackup(other, () => Promise.resolve());
  await other.close();
});

test("BK2 each table is carried, behind those that it points to, and no number of a transaction that another history would misunderstand", async () => {
  const { sql } = test_.database;
  const tables = await readTables(sql);
  const carried = new Set(tables.map(({ name }) => name));
  const all = await sql<{ name: string }[]>`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relpersistence = 'p'`;
  expect(all.map(({ name }) => name).filter((name) => !carried.has(name)).sort()).toEqual(["ch_batch", "migration", "sync_epoch", "sync_era"]);
  expect(tables.findIndex(({ name }) => name === "person")).toBeLessThan(tables.findIndex(({ name }) => name === "session"));
  const numbers = await sql<{ place: string; table: string; column: string }[]>`
    select table_name || '.' || column_name as place, table_name as table, column_name as column from information_schema.columns where table_schema = 'public' and udt_name = 'xid8'`;
  const carriedNumbers = numbers.filter(({ table, column }) => tables.some(({ name, columns }) => name === table && columns.includes(column)));
  // These are set anew by the epoch that follows.
  expect(carriedNumbers.map(({ place }) => place).sort()).toEqual(["user_scope.known_xid", "user_scope.to_xid"]);
});
