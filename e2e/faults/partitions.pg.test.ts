import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { readRoom, toDocument } from "@mochila/sync-server/collab/store.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { moduleRows } from "../instances/person-on-instances.ts";
import { seeded } from "../simulation/seeded.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { typeWords, WorkingClient } from "./working-client.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

/** A bound of a statement is 10 s; who asks is told soon after. */
const ANSWER_MS_MAX = 16_000;
const BACK_MS_MAX = 10_000;

const dataDir = mkdtempSync(join(tmpdir(), "mochila-away-"));
let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
let link: TcpProxy;
let school: School;
let ana: PersonOverHttp;
let courseId: string;

beforeAll(async () => {
  cluster = await createTestDatabase();
  await cluster.database.sql.unsafe("drop schema public cascade; create schema public");
  const address = new URL(cluster.url);
  link = new TcpProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(await link.open());
  school = await School.open({ DATABASE_URL: address.href, CLICKHOUSE_URL: "http://127.0.0.1:9/none", DATA_DIR: dataDir });
  ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
  courseId = String([...(await ana.pullAll("courses")).keys()][0]);
});
afterAll(async () => {
  await school.close();
  await link.close();
  await cluster.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("between the server and its PostgreSQL on another machine", () => {
  const answerTo = async (path: string, body?: unknown): Promise<{ status: number; retryAfter: string | null; ms: number }> => {
    const begin = performance.now();
    const answer = await fetch(`${school.url}${path}`, {
      headers: { authorization: `Bearer ${ana.token}`, "content-type": "application/json" }, signal: AbortSignal.timeout(ANSWER_MS_MAX * 3),
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    await answer.text();
    return { status: answer.status, retryAfter: answer.headers.get("retry-after"), ms: performance.now() - begin };
  };
  const push = () => answerTo("/api/sync/push", { pushes: [{ collection: "modules", rows: moduleRows(courseId, [newId()]) }] });
  /** Twice as many as the pool has connections, of each kind. */
  const manyAnswers = () => Promise.all(Array.from({ length: 8 }, () => [answerTo("/api/me"), push(), answerTo("/readyz")]).flat());
  const untilBack = async (): Promise<number> => {
    const begin = performance.now();
    while ((await push()).status !== 200) await pause(100);
    return performance.now() - begin;
  };

  test("D-08 PostgreSQL refuses: every request is answered at once with 503 and when to come again; then it serves by itself", async () => {
    link.cut();
    for (let round = 0; round < 3; round += 1) {
      const answers = await manyAnswers();
      expect(answers.filter(({ status, retryAfter }) => status !== 503 || !(Number(retryAfter) > 0))).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS_MAX);
    }
    expect((await answerTo("/healthz")).status).toBe(200);
    link.mend();
    expect(await untilBack()).toBeLessThan(BACK_MS_MAX);
  });

  test("D-08 the machine of PostgreSQL is gone without a word: requests are answered with 503 within seconds, not when TCP gives up; then it serves by itself", async () => {
    await manyAnswers();
    link.halfOpen();
    const answers = await manyAnswers();
    console.log(`a silent database: answered after ${answers.map(({ ms }) => (ms / 1_000).toFixed(1)).join(" ")} s`);
    expect(answers.filter(({ status, retryAfter }) => status !== 503 || !(Number(retryAfter) > 0))).toEqual([]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS_MAX);
    // The connections that were lost were told apart from those that are new: those still wait for an answer, and are given up in their turn.
    link.mend();
    expect(await untilBack()).toBeLessThan(BACK_MS_MAX);
    expect(school.printed.filter((line) => /request_failed|unhandled/.test(line))).toEqual([]);
  });
});

describe("between a device and the server", () => {
  const PARTITIONS = process.env["TEST_LONG"] ? 500 : 20;
  const PARTITION_MS_MAX = process.env["TEST_LONG"] ? 1_500 : 300;
  const random = seeded(6);

  test(`D-06 RO-1 RO-2 ${PARTITIONS} partitions up, down and both ways, resets and forgotten connections: what was acknowledged is there once, both sides agree, and the room holds every word`, async () => {
    const line = new TcpProxy({ host: "127.0.0.1", port: school.port }, { delayMs: 2, jitterMs: 6 });
    const port = await line.open();
    const url = `http://localhost:${port}`;
    const client = new WorkingClient(await PersonOverHttp.signIn(url, emailOf("ana")), url, courseId);
    const [page] = [...(await ana.pullAll("items")).values()].filter(({ kind }) => kind === "page");
    const room = pageRoom(String(page?.id), "en");
    const work = { ends: false };
    const goesOn = () => !work.ends;
    const working = Promise.all([client.work(goesOn), typeWords({ client, room, url, name: "p" }, goesOn)]);
    /** Each line that is cut had carried something before, however slow the machine is. */
    const carried = async (what: "writes" | "words") => {
      const before = client.acknowledged[what].length;
      while (goesOn() && client.acknowledged[what].length === before) await pause(20);
    };
    const cutting = async () => {
      await carried("words");
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        await carried("writes");
        await pause(100 + random.below(150));
        const kind = random.pick(["up", "down", "both", "reset", "half-open"] as const) ?? "both";
        if (kind === "reset") line.reset();
        else if (kind === "half-open") line.halfOpen();
        else line.partition(kind);
        await pause(random.below(PARTITION_MS_MAX));
        line.mend();
      }
      await carried("words");
      work.ends = true;
    };
    await Promise.race([cutting(), working.then(() => undefined)]).finally(() => (work.ends = true));
    await working;
    await client.read();
    const { sql } = cluster.database;
    const { acknowledged } = client;
    console.log(`${PARTITIONS} partitions: ${acknowledged.writes.length} writes, ${acknowledged.events.length} events, ${acknowledged.words.length} words acknowledged; ${client.channels.contacts.length} tries repeated`);
    expect(acknowledged.writes.length).toBeGreaterThanOrEqual(PARTITIONS);
    expect(acknowledged.words.length).toBeGreaterThan(0);
    expect(client.channels.contacts.length).toBeGreaterThan(0);
    const known = new Set((await sql<{ key: string }[]>`select document::text || rev::text as key from applied_rev`).map(({ key }) => key));
    expect(acknowledged.writes.filter(({ id, rev }) => !known.has(id + rev))).toEqual([]);
    const stored = (await sql<{ id: string }[]>`select event_id::text as id from event_raw`).map(({ id }) => id);
    expect(stored.sort()).toEqual([...client.recorded].sort());
    const words = toDocument(await readRoom(sql, room)).getText("probe").toJSON().split(" ");
    expect(acknowledged.words.filter((word) => words.filter((one) => one === word).length !== 1)).toEqual([]);
    expect(client.held).toEqual(new Map([...(await ana.pullAll("drafts")).values()].map(({ id, rev }) => [id, String(rev)])));
    expect(client.surprises).toEqual([]);
    client.channels.end();
    await line.close();
  }, PARTITIONS * 4_000 + 60_000);
});
