import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { moduleRows } from "../instances/person-on-instances.ts";
import { TcpProxy } from "./tcp-proxy.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

/** A bound of a statement is 10 s; who asks is told soon after. */
const ANSWER_MS_MAX = 16_000;
const BACK_MS_MAX = 10_000;

describe("a server whose PostgreSQL runs on another machine", () => {
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
