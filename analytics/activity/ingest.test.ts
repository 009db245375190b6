import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { readCourseFigures } from "../course-activity/report.ts";
import { EngineSupervisor, type EngineState } from "../embedded/supervisor.ts";
import { engineIsHere, instant, linesOf, period, testEvents } from "../embedded/test-engine.ts";
import { migrateAnalytics, requireDeduplication } from "../migrate.ts";
import { ingestBatch } from "./ingest.ts";

describe.skipIf(!engineIsHere)("a sealed batch in ClickHouse", () => {
  let client: ClickHouseClient;
  let supervisor: EngineSupervisor;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
    supervisor = new EngineSupervisor({ dataDir, random: systemRandom, log: { info: () => undefined, warn: () => undefined } });
    const running = new Promise<EngineState & { kind: "running" }>((resolve) => supervisor.onChange((state) => state.kind === "running" && resolve(state)));
    supervisor.start();
    const { url, password } = await running;
    client = createClient({ url, username: "mochila", password });
    await migrateAnalytics(client);
  }, 180_000);
  afterAll(async () => {
    await client.close();
    await supervisor.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const count = async (table: string): Promise<number> =>
    (await (await client.query({ query: `SELECT count() AS n FROM ${table}`, format: "JSONEachRow" })).json<{ n: string }>()).map(({ n }) => Number(n))[0] ?? -1;

  test("E-22 inserted twice it counts once, in the table and in every rollup", async () => {
    const courseId = newId();
    const batch = { id: newId(), lines: linesOf(testEvents(500, { course_id: courseId })) };
    await ingestBatch(client, batch);
    const once = await readCourseFigures(client, { courseId, ...period });
    const other = { id: newId(), lines: linesOf(testEvents(10, { course_id: newId() })) };
    await ingestBatch(client, other);
    for (let times = 0; times < 3; times += 1) await ingestBatch(client, batch);
    expect(await readCourseFigures(client, { courseId, ...period })).toEqual(once);
    expect(once.days).toEqual([{ day: "2026-11-20", events: 500, people: 500, completed: 0, seconds: 7_500 }]);
    expect(await count(`activity_event WHERE course_id = '${courseId}'`)).toBe(500);
  }, 120_000);

  test("E-22 30 tokens later the first is still remembered", async () => {
    const courseId = newId();
    const batches = Array.from({ length: 30 }, () => ({ id: newId(), lines: linesOf(testEvents(1, { course_id: courseId })) }));
    for (const batch of batches) await ingestBatch(client, batch);
    for (const batch of batches.slice(0, 10)) await ingestBatch(client, batch);
    const figures = await readCourseFigures(client, { courseId, ...period });
    expect(figures.days[0]?.events).toBe(30);
    expect(figures.items).toHaveLength(30);
  }, 120_000);

  test("E-23 a kill between the table and a rollup: the same batch again fills only what is missing", async () => {
    const courseId = newId();
    const batch = { id: newId(), lines: linesOf(testEvents(50, { course_id: courseId })) };
    await client.command({ query: "DETACH TABLE course_by_person_view" });
    await ingestBatch(client, batch);
    await client.command({ query: "ATTACH TABLE course_by_person_view" });
    expect((await readCourseFigures(client, { courseId, ...period })).people).toHaveLength(0);
    await ingestBatch(client, batch);
    await ingestBatch(client, batch);
    const figures = await readCourseFigures(client, { courseId, ...period });
    expect(figures.people).toHaveLength(50);
    expect(figures.people.every((person) => person.events === 1 && person.seconds === 15)).toBe(true);
    expect(figures.days[0]?.events).toBe(50);
    expect(figures.items.every((item) => item.seconds === 15 && item.people === 1)).toBe(true);
  }, 120_000);

  test("E-25 completed counts different items and people, seen last reaches beyond the period", { timeout: 60_000 }, async () => {
    const courseId = newId();
    const [userId, itemId] = [newId(), newId()];
    const toggled = testEvents(3, { course_id: courseId, user_id: userId, item_id: itemId, verb: "item.completed", duration_ms: 0 });
    const opened = testEvents(2, { course_id: courseId, user_id: userId, item_id: itemId, verb: "page.opened", duration_ms: 0 });
    const solution = testEvents(1, { course_id: courseId, user_id: newId(), item_id: itemId, verb: "solution.revealed", duration_ms: 0 });
    const kept = testEvents(1, { course_id: courseId, user_id: userId, item_id: null, verb: "course.kept", duration_ms: 0 });
    const old = testEvents(1, { course_id: courseId, happened_at: instant(Date.UTC(2026, 0, 5)) });
    await ingestBatch(client, { id: newId(), lines: linesOf([...toggled, ...opened, ...solution, ...kept, ...old]) });
    const figures = await readCourseFigures(client, { courseId, ...period });
    expect(figures.days).toEqual([{ day: "2026-11-20", events: 7, people: 2, completed: 1, seconds: 0 }]);
    expect(figures.items).toEqual([{ itemId, seconds: 0, people: 2, opened: 2, completed: 1, solutions: 1 }]);
    expect(figures.people.find((person) => person.userId === userId)).toMatchObject({ events: 6, completed: 1 });
    expect(figures.people.find((person) => person.userId === old[0]?.user_id)).toMatchObject({ events: 0, lastSeenAt: Date.UTC(2026, 0, 5) });
    expect(instant(figures.asOf ?? 0)).toBe(solution[0]?.received_at);
  });

  test("E-24 a table that does not remember its inserts is refused by name", { timeout: 60_000 }, async () => {
    await migrateAnalytics(client);
    await client.command({ query: "CREATE TABLE forgetful (n UInt8) ENGINE = MergeTree ORDER BY n" });
    await expect(requireDeduplication(client)).rejects.toThrow(/forgetful/);
    await client.command({ query: "DROP TABLE forgetful" });
    await client.command({ query: "CREATE TABLE short_memory (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100" });
    await expect(requireDeduplication(client)).rejects.toThrow(/short_memory/);
    await client.command({ query: "DROP TABLE short_memory" });
    await expect(requireDeduplication(client)).resolves.toBeUndefined();
  });

  test("S-13 no column of ClickHouse can hold a name or an address", { timeout: 60_000 }, async () => {
    const answer = await client.query({
      query: "SELECT DISTINCT name FROM system.columns WHERE database = currentDatabase() AND type LIKE '%String%'",
      format: "JSONEachRow",
    });
    expect((await answer.json<{ name: string }>()).map(({ name }) => name).toSorted()).toEqual(["lang", "verb"]);
  });
});
