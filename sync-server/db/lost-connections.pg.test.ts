import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import postgres from "postgres";
import { createTestDatabase } from "./test-database.ts";
import { WatchedSockets } from "./watched-socket.ts";

// PostgreSQL ends a connection that somebody uses (D-08). The driver as published ends our process then, or never sends again: decision 0214.

let store: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  store = await createTestDatabase();
  await store.database.sql`create table written (number int)`;
});
afterAll(() => store.drop());

const MANY = 40;
/** Every connection of the pool serves again, each many times. */
const poolServes = async () => {
  const answers = await Promise.all(Array.from({ length: MANY }, (_, number) => store.database.sql<{ number: number }[]>`select ${number}::int as number, pg_sleep(0.005)`));
  expect(answers.map(([row]) => row?.number)).toEqual(Array.from({ length: MANY }, (_, number) => number));
};
const endBackend = async (pid: number) => {
  await store.database.sql`select pg_terminate_backend(${pid}, 2000)`;
  // Until the socket of that connection has closed here.
  await pause(50);
};
const pidOf = async (sql: { <Row extends object[]>(parts: TemplateStringsArray): PromiseLike<Row> }) => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid ?? 0;
const lost = /CONNECTION_CLOSED|ECONNRESET|EPIPE|57P01/;
const codeOf = (work: PromiseLike<unknown>) => Promise.resolve(work).then(() => "done", (error: { code?: string }) => String(error.code));

test("D-08 a reserved connection that was ended refuses what comes, more than once, and giving it back harms nobody", async () => {
  const reserved = await store.database.sql.reserve();
  await endBackend(await pidOf(reserved));
  for (let tries = 0; tries < 3; tries += 1) expect(await codeOf(reserved`insert into written values (1)`)).toMatch(lost);
  await poolServes();
  expect(await codeOf(reserved`insert into written values (1)`)).toMatch(lost);
  reserved.release();
  await poolServes();
  expect(await store.database.sql`select 1 from written where number = 1`).toHaveLength(0);
});

test("D-08 a transaction whose connection was ended between two statements writes nothing, also not with its later statements", async () => {
  const after: string[] = [];
  const work = store.database.transaction(async (transaction) => {
    const pid = await pidOf(transaction);
    await transaction`insert into written values (2)`;
    await endBackend(pid);
    // The pool has made the connection anew and gives it to others.
    await poolServes();
    for (let tries = 0; tries < 3; tries += 1) after.push(await codeOf(transaction`insert into written values (2)`));
  });
  expect(await codeOf(work)).toMatch(lost);
  await expect.poll(() => after.length, { timeout: 5_000 }).toBe(3);
  for (const code of after) expect(code).toMatch(lost);
  await poolServes();
  expect(await store.database.sql`select 1 from written where number = 2`).toHaveLength(0);
});

test("D-08 statements under way on ended connections are refused, with those that wait behind them", async () => {
  for (let round = 0; round < 5; round += 1) {
    const works = Array.from({ length: 6 }, () =>
      store.database.transaction(async (transaction) => {
        await transaction`insert into written values (3)`;
        await Promise.all([transaction`select pg_sleep(5)`, transaction`insert into written values (3)`, transaction.savepoint((inner) => inner`select pg_sleep(5)`)]);
      }),
    );
    const codes = works.map(codeOf);
    await expect.poll(async () => (await store.database.sql`select 1 from pg_stat_activity where query like '%pg_sleep(5)%' and pid <> pg_backend_pid() and state = 'active'`).length).toBe(6);
    await store.database.sql`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(5)%' and pid <> pg_backend_pid() and state = 'active'`;
    for (const code of await Promise.all(codes)) expect(code).toMatch(lost);
    await poolServes();
  }
  expect(await store.database.sql`select 1 from written where number = 3`).toHaveLength(0);
});

test("D-08 a silent connection ends after twelve looks; one that is always busy, one that is idle and one with unbounded work live on", async () => {
  const lookMs = 10;
  const sockets = new WatchedSockets(lookMs);
  const sql = postgres(store.url, { max: 1, ...{ socket: sockets.open } });
  const pid = await pidOf(sql);
  for (const end = performance.now() + lookMs * 60; performance.now() < end; ) await sql`select pg_sleep(0.002)`;
  await pause(lookMs * 40);
  await sockets.unbounded(() => sql`select pg_sleep(${(lookMs * 40) / 1_000})`);
  expect(await pidOf(sql)).toBe(pid);
  // Longer than twelve looks take on any machine.
  expect(await codeOf(sql`select pg_sleep(20)`)).toBe("ETIMEDOUT");
  // What is asked in the moment of the end is refused with it.
  await pause(lookMs);
  expect(await pidOf(sql)).not.toBe(pid);
  await sql.end();
});
