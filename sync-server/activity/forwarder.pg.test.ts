import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { engineIsHere, instant, linesOf, openTestAnalytics, period, stateOf, testEvents } from "@mochila/analytics/embedded/test-engine.ts";
import { openAnalytics } from "@mochila/analytics/engine.ts";
import type { ActivityStore } from "@mochila/shared/activity/activity-store.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { Forwarder } from "./forwarder.ts";
import { takeBatch } from "./intake.ts";
import { recountIfAsked } from "./recount.ts";
import { sweepCounted } from "./retention.ts";
import { countWaiting, openBatch, readNextBatch, readSealedLines, sealBatch } from "./sealed-batches.ts";
import { actorIn, batchOf, events, RECEIVED_AT } from "./test-batches.ts";

const SLOW = 180_000;
let store: Awaited<ReturnType<typeof createTestDatabase>>;
const running: Forwarder[] = [];

beforeAll(async () => {
  store = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((forwarder) => forwarder.stop()));
  await store.database.sql`truncate event_raw, event_stream, ch_batch`;
});
afterAll(() => store.drop());

const startAnew = () => Promise.reject(new Error("nobody asked for it"));
const forward = (analytics: ActivityStore): Forwarder => {
  const forwarder = new Forwarder({ database: store.database, analytics, clock: systemClock, random: systemRandom, log: silentLog });
  running.push(forwarder);
  forwarder.start();
  return forwarder;
};
const send = async (courseId: string, count: number): Promise<void> => {
  // Half a second each: 500 of them stay below what is believed of one stream at once.
  for (let left = count; left > 0; left -= 500) {
    const list = events(Math.min(left, 500), { courseId, itemId: newId(), seconds: 0.5 });
    await takeBatch(store.database, { batch: batchOf(newId(), list), actor: actorIn(courseId), receivedAt: RECEIVED_AT });
  }
};
const counted = () => vi.waitFor(async () => expect(await countWaiting(store.database.sql)).toBe(0), { timeout: 90_000, interval: 50 });
const sealNext = async () => {
  const batch = await readNextBatch(store.database.sql);
  return batch && sealBatch(store.database.sql, batch, { id: newId(), sealedAt: new Date(RECEIVED_AT) });
};
const idsOf = (lines: string): string[] => lines.split("\n").map((line) => line.split("\t")[0] ?? "");
const batches = async () => (await store.database.sql<{ n: number; done: number }[]>`select count(*)::int as n, count(done_at)::int as done from ch_batch`)[0];

test("E-20 a row whose transaction is open, and every row after it, waits for the next batch", async () => {
  const courseId = newId();
  const insert = (sql: typeof store.database.sql, seq: number) => sql`
    insert into event_raw (event_id, user_id, stream_id, stream_seq, course_id, verb, duration_ms, device_at_ms, happened_at, clock_jump, received_at)
    values (${newId()}, ${newId()}, ${newId()}, ${seq}, ${courseId}, 'page.opened', 0, 0, now(), false, now())`;
  const open = await store.database.sql.reserve();
  await open`begin`;
  await insert(open, 1);
  await insert(store.database.sql, 2);
  expect(await sealNext()).toBeNull();
  await open`commit`;
  open.release();
  await insert(store.database.sql, 3);
  expect((await sealNext())?.rowCount).toBe(3);
  expect(await sealNext()).toBeNull();
});

test("E-20 nothing is lost or sealed twice under 8 writers with rollbacks and slow commits", { timeout: SLOW }, async () => {
  const courseId = newId();
  const writers = { busy: true };
  const sealed: string[] = [];
  const countUnsealed = async () =>
    (await store.database.sql<{ n: number }[]>`select count(*)::int as n from event_raw where (xid, seq) > coalesce((select (to_xid, to_seq) from ch_batch order by number desc limit 1), row('0'::xid8, 0::bigint))`)[0]?.n ?? 0;
  const sealer = (async () => {
    while (writers.busy || (await countUnsealed()) > 0) {
      const range = await sealNext();
      if (range) sealed.push(...idsOf(await readSealedLines(store.database.sql, range)));
    }
  })();
  const write = async (writer: number) => {
    for (let round = 0; round < 40; round += 1) {
      const batch = batchOf(newId(), events(3, { courseId }));
      const actor = actorIn(courseId);
      await store.database
        .transaction(async (transaction) => {
          await takeBatch({ ...store.database, transaction: (work) => work(transaction) }, { batch, actor, receivedAt: RECEIVED_AT });
          if (round % 10 === writer % 10) await transaction`select pg_sleep(0.02)`;
          if (round % 13 === writer) throw new Error("rolled back");
        })
        .catch((error: Error) => expect(error.message).toBe("rolled back"));
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
  writers.busy = false;
  await sealer;
  const stored = (await store.database.sql<{ event_id: string }[]>`select event_id from event_raw`).map((row) => row.event_id);
  expect(stored.length).toBeGreaterThan(800);
  expect(sealed.toSorted()).toEqual(stored.toSorted());
});

test("E-21 a sealed batch reads the same rows in the same order, and other rows are refused", async () => {
  const courseId = newId();
  await send(courseId, 700);
  const range = (await sealNext()) ?? expect.fail();
  await send(courseId, 100);
  const first = await readSealedLines(store.database.sql, (await openBatch(store.database.sql)) ?? range);
  expect(await readSealedLines(store.database.sql, range)).toEqual(first);
  expect(first).toBe(range.lines);
  expect(idsOf(first)).toHaveLength(700);
  await store.database.sql`delete from event_raw where event_id = ${idsOf(first)[5] ?? ""}`;
  await expect(readSealedLines(store.database.sql, range)).rejects.toThrow(/changed after it was sealed/);
});

test("E-28 only what is counted and older than 14 days is removed", async () => {
  const courseId = newId();
  await send(courseId, 600);
  const range = (await sealNext()) ?? expect.fail();
  const day = 86_400_000;
  expect(await sweepCounted(store.database, RECEIVED_AT + 100 * day)).toBe(0);
  await store.database.sql`update ch_batch set done_at = ${new Date(RECEIVED_AT)} where id = ${range.id}`;
  await send(courseId, 50);
  expect(await sweepCounted(store.database, RECEIVED_AT + 13 * day)).toBe(0);
  expect(await sweepCounted(store.database, RECEIVED_AT + 15 * day)).toBe(600);
  expect(await countWaiting(store.database.sql)).toBe(50);
  expect((await sealNext())?.rowCount).toBe(50);
});

describe.skipIf(!engineIsHere)("with the embedded engine", () => {
  let engine: Awaited<ReturnType<typeof openTestAnalytics>>;
  beforeAll(async () => {
    engine = await openTestAnalytics();
  }, SLOW);
  afterAll(() => engine.drop());
  const eventsIn = async (courseId: string): Promise<number> => (await engine.analytics.courseFigures({ courseId, ...period })).days.reduce((sum, day) => sum + day.events, 0);

  test("E-26 events arrive within seconds, in few inserts, and an idle forwarder inserts nothing", { timeout: SLOW }, async () => {
    const courseId = newId();
    const inserts = vi.fn((batch: Parameters<ActivityStore["ingest"]>[0]) => engine.analytics.ingest(batch));
    const forwarder = forward({ state: () => engine.analytics.state(), onChange: (listener) => engine.analytics.onChange(listener), ingest: inserts, startAnew });
    for (let burst = 0; burst < 20; burst += 1) {
      await send(courseId, 100);
      forwarder.wake();
    }
    await counted();
    expect(await eventsIn(courseId)).toBe(2_000);
    const used = inserts.mock.calls.length;
    expect(used).toBeLessThanOrEqual(4);
    for (let times = 0; times < 5; times += 1) forwarder.wake();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(inserts.mock.calls.length).toBe(used);
  });

  test("E-26 a forwarder whose store cannot be reached leaves the lock to one that reaches it", { timeout: SLOW }, async () => {
    const unreachable = await openAnalytics({ url: "http://127.0.0.1:9/none", dataDir: engine.dataDir, random: systemRandom, log: silentLog });
    const first = forward(unreachable);
    const courseId = newId();
    await send(courseId, 100);
    first.wake();
    // Longer than it takes to get the lock.
    await new Promise((resolve) => setTimeout(resolve, 500));
    forward(engine.analytics);
    await vi.waitFor(async () => expect(await eventsIn(courseId)).toBe(100), { timeout: 15_000, interval: 50 });
    await unreachable.stop();
  });

  test("E-26 two forwarders: one works, the other takes over", { timeout: SLOW }, async () => {
    const courseId = newId();
    const first = forward(engine.analytics);
    const second = forward(engine.analytics);
    await send(courseId, 1_000);
    first.wake();
    second.wake();
    await counted();
    await first.stop();
    await send(courseId, 500);
    await vi.waitFor(async () => expect(await eventsIn(courseId)).toBe(1_500), { timeout: 90_000, interval: 200 });
  });

  test("D-09 ClickHouse killed, slow and its answers lost while events come: afterwards the counts are exact", { timeout: SLOW }, async () => {
    const courseId = newId();
    let tries = 0;
    const unreliable = async (batch: Parameters<ActivityStore["ingest"]>[0]) => {
      tries += 1;
      await engine.analytics.ingest(batch);
      if (tries % 3 !== 0) throw new Error("the answer was lost");
    };
    const forwarder = forward({ state: () => engine.analytics.state(), onChange: (listener) => engine.analytics.onChange(listener), ingest: unreliable, startAnew });
    for (let round = 0; round < 6; round += 1) {
      await send(courseId, 400);
      forwarder.wake();
      if (round % 3 === 1) {
        process.kill(engine.analytics.processId() ?? expect.fail(), "SIGKILL");
        await stateOf(engine.analytics, "away");
        expect(await countWaiting(store.database.sql, courseId)).toBeGreaterThan(0);
        await send(courseId, 100);
        await stateOf(engine.analytics, "ready");
      }
    }
    await counted();
    expect(tries).toBeGreaterThan(2);
    expect(await eventsIn(courseId)).toBe(2_600);
    const figures = await engine.analytics.courseFigures({ courseId, ...period });
    expect(figures.people.reduce((sum, person) => sum + person.events, 0)).toBe(2_600);
    expect(figures.items.reduce((sum, item) => sum + item.opened, 0)).toBe(2_600);
    expect(figures.days.reduce((sum, day) => sum + day.seconds, 0)).toBe(1_300);
    expect(await batches()).toMatchObject({ n: (await batches())?.done });
  });
});

describe.skipIf(!engineIsHere)("after a restore", () => {
  test("E-37 what another history counted is put aside, and everything that PostgreSQL holds counts once, also when it is killed half-way", { timeout: SLOW }, async () => {
    const [kept, lost] = [newId(), newId()];
    const engine = await openTestAnalytics();
    await send(kept, 700);
    await send(lost, 300);
    const first = forward(engine.analytics);
    await counted();
    await first.stop();
    const eventsIn = async (courseId: string) => (await engine.analytics.courseFigures({ courseId, ...period })).people.reduce((sum, person) => sum + person.events, 0);
    // What PostgreSQL has forgotten long since.
    const old = newId();
    await engine.analytics.ingest({ id: newId(), lines: linesOf(testEvents(200, { course_id: old, received_at: instant(RECEIVED_AT.valueOf() - 30 * 86_400_000) })) });
    expect([await eventsIn(kept), await eventsIn(lost), await eventsIn(old)]).toEqual([700, 300, 200]);

    // As a restore leaves it: events of before, none of them counted.
    const { sql } = store.database;
    await sql`delete from event_raw where course_id = ${lost}`;
    await sql`delete from ch_batch`;
    await sql`insert into activity_recount (asked_at) values (now())`;
    // Emptied, and killed before the wish was forgotten.
    await expect(recountIfAsked({ sql }, { startAnew: (from) => engine.analytics.startAnew(from).then(() => Promise.reject(new Error("killed"))) })).rejects.toThrow("killed");
    forward(engine.analytics);
    await counted();
    expect([await eventsIn(kept), await eventsIn(lost), await eventsIn(old)]).toEqual([700, 0, 200]);
    expect(await sql`select * from activity_recount`).toEqual([]);
    await running.splice(0)[0]?.stop();
    await engine.drop();
  });
});

describe.skipIf(!engineIsHere)("killed with signal 9", () => {
  test("E-27 between the insert and its mark, three times: every event counts once", { timeout: SLOW }, async () => {
    const courseId = newId();
    const folder = await openTestAnalytics();
    await folder.analytics.stop();
    await send(courseId, 1_200);
    for (let kill = 0; kill < 3; kill += 1) {
      const victim = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "test-forwarder-process.ts"), store.url, folder.dataDir], { stdio: "inherit" });
      const [, signal] = await new Promise<[number | null, string | null]>((resolve) => victim.once("exit", (code, by) => resolve([code, by])));
      expect(signal).toBe("SIGKILL");
      expect(await batches()).toEqual({ n: 1, done: 0 });
      await send(courseId, 100);
    }
    const engine = await openTestAnalytics(folder.dataDir);
    forward(engine.analytics);
    await counted();
    const figures = await engine.analytics.courseFigures({ courseId, ...period });
    expect(figures.days.reduce((sum, day) => sum + day.events, 0)).toBe(1_500);
    expect(figures.people.reduce((sum, person) => sum + person.events, 0)).toBe(1_500);
    expect(figures.items.reduce((sum, item) => sum + item.seconds, 0)).toBe(750);
    await running.splice(0)[0]?.stop();
    await engine.drop();
  });
});
