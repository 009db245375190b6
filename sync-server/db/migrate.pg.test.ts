import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./pool.ts";
import { createTestDatabase } from "./test-database.ts";

let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
let path: string;
let folder: URL;

beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(() => postgres.drop());

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "mochila-migrations-"));
  folder = pathToFileURL(`${path}/`);
  await postgres.database.sql`drop table if exists counted`;
  await postgres.database.sql`delete from migration where name like '9%'`;
  return () => rm(path, { recursive: true });
});

const put = (name: string, text: string) => writeFile(join(path, name), text);
const applied = async () => (await postgres.database.sql<{ name: string }[]>`select name from migration where name like '9%' order by name`).map(({ name }) => name);

test("the files run in order, each once, and what is not a migration is left alone", async () => {
  await put("9002_b.sql", "insert into counted values (2)");
  await put("9001_a.sql", "create table counted (number int); insert into counted values (1)");
  await put("9003_notes.txt", "no sql");
  await migrate(postgres.database, folder);
  await migrate(postgres.database, folder);
  expect(await applied()).toEqual(["9001_a.sql", "9002_b.sql"]);
  expect(await postgres.database.sql`select number from counted`.values()).toEqual([[1], [2]]);
});

test("eight processes at once do it once", async () => {
  await put("9001_a.sql", "create table counted (number int); insert into counted values (1); select pg_sleep(0.1)");
  const pools = Array.from({ length: 8 }, () => openDatabase(postgres.url));
  await Promise.all(pools.map((pool) => migrate(pool, folder)));
  await Promise.all(pools.map((pool) => pool.close()));
  expect(await postgres.database.sql`select count(*)::int from counted`.values()).toEqual([[1]]);
});

test("one that fails leaves nothing of itself, keeps those before, and names its file", async () => {
  await put("9001_a.sql", "create table counted (number int)");
  await put("9002_b.sql", "insert into counted values (1); select 1/0");
  await expect(migrate(postgres.database, folder)).rejects.toThrow(/9002_b\.sql failed: division by zero/);
  expect(await applied()).toEqual(["9001_a.sql"]);
  expect(await postgres.database.sql`select * from counted`).toHaveLength(0);
  await put("9002_b.sql", "insert into counted values (1)");
  await migrate(postgres.database, folder);
  expect(await applied()).toEqual(["9001_a.sql", "9002_b.sql"]);
});

test("one that was changed after it ran is refused", async () => {
  await put("9001_a.sql", "create table counted (number int)");
  await migrate(postgres.database, folder);
  await put("9001_a.sql", "create table counted (number bigint)");
  await expect(migrate(postgres.database, folder)).rejects.toThrow(/9001_a\.sql was changed/);
});

test("application connections are bounded and migrations are not", async () => {
  const read = `select current_setting('statement_timeout') as statement, current_setting('transaction_timeout') as transaction, current_setting('idle_in_transaction_session_timeout') as idle`;
  await put("9001_a.sql", `create table counted as ${read}`);
  await migrate(postgres.database, folder);
  expect((await postgres.database.sql`select * from counted`)[0]).toMatchObject({ statement: "0", transaction: "0" });
  expect((await postgres.database.sql.unsafe(read))[0]).toEqual({ statement: "10s", transaction: "15s", idle: "5s" });
});

test("a deadlock is tried again, and a fault of the work is not", async () => {
  await postgres.database.sql`create table counted (number int primary key, times int not null)`;
  await postgres.database.sql`insert into counted values (1, 0), (2, 0)`;
  let met = 0;
  let meet: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (meet = resolve));
  const crossing = (first: number, second: number) => postgres.database.transaction(async (transaction) => {
    await transaction`update counted set times = times + 1 where number = ${first}`;
    met += 1;
    if (met === 2) meet();
    await both;
    await transaction`update counted set times = times + 1 where number = ${second}`;
  });
  await Promise.all([crossing(1, 2), crossing(2, 1)]);
  expect(met).toBe(3);
  expect(await postgres.database.sql`select times from counted`.values()).toEqual([[2], [2]]);
  let tries = 0;
  await expect(postgres.database.transaction(() => Promise.reject(new Error(`try ${(tries += 1)}`)))).rejects.toThrow("try 1");
});

test("each file has a number of its own: of two that came at once, schools would differ in which ran first", async () => {
  const numbers = (await readdir(new URL("./migrations/", import.meta.url))).map((name) => name.slice(0, 4));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});
