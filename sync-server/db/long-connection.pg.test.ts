import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onReadingConnection } from "./long-connection.ts";
import { createTestDatabase } from "./test-database.ts";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

/** Somebody who takes their time between the portions. */
const readSlowly = (milliseconds: number) =>
  onReadingConnection(test_.database, milliseconds, async (sql) => {
    let read = 0;
    for await (const rows of sql`select number from generate_series(1, 10) as number`.cursor(2)) {
      await pause(150);
      read += rows.length;
    }
    return read;
  });

test("reading portion by portion has the time that was asked for, and not more", async () => {
  expect(await readSlowly(5_000)).toBe(10);
  await expect(readSlowly(300)).rejects.toThrow();
});

test("it writes nothing, and the connection has its bounds again afterwards", async () => {
  await expect(onReadingConnection(test_.database, 1_000, (sql) => sql`create table never (id int)`)).rejects.toThrow(/read-only/);
  const settings = await Promise.all(Array.from({ length: 12 }, () => test_.database.sql`select current_setting('transaction_timeout') as bound, current_setting('default_transaction_read_only') as reads, pg_sleep(0.05)`));
  expect(new Set(settings.map(([row]) => `${String(row?.["bound"])} ${String(row?.["reads"])}`))).toEqual(new Set(["15s off"]));
});
