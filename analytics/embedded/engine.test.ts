import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { describe, expect, test, vi } from "vitest";
import type { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { openAnalytics } from "../engine.ts";
import { EngineSupervisor, type EngineState } from "./supervisor.ts";
import { linesOf, testEvents, engineIsHere, openTestAnalytics, period, stateOf } from "./test-engine.ts";

const SLOW = 180_000;
const quiet = { info: () => undefined, warn: () => undefined };
const isAlive = (processId: number): boolean => {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(!engineIsHere)("the embedded engine", () => {
  test("E-30 killed with signal 9 it starts again and has what was inserted", { timeout: SLOW }, async () => {
    const { analytics, drop } = await openTestAnalytics();
    const courseId = newId();
    await analytics.ingest({ id: newId(), lines: linesOf(testEvents(100, { course_id: courseId })) });
    process.kill(analytics.processId() ?? expect.fail(), "SIGKILL");
    await stateOf(analytics, "away");
    const refused = await analytics.courseFigures({ courseId, ...period }).catch((error: CodedError) => error);
    await expect(analytics.ingest({ id: newId(), lines: "" })).rejects.toThrow();
    expect(refused).toMatchObject({ code: "unavailable" });
    await stateOf(analytics, "ready");
    expect((await analytics.courseFigures({ courseId, ...period })).days).toMatchObject([{ events: 100, people: 100, seconds: 1500 }]);
    await drop();
  });

  test("E-31 when its parent is killed with signal 9 it ends by itself and its directory is free", { timeout: SLOW }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
    const parent = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "test-parent.ts"), dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    const engineId = await new Promise<number>((resolve) => {
      parent.stdout.on("data", (chunk: Buffer) => resolve(Number(/ready (\d+)/.exec(String(chunk))?.[1])));
    });
    parent.kill("SIGKILL");
    // A new one at once, while the old one may still be there.
    const next = await openTestAnalytics(dataDir);
    expect(next.analytics.processId()).not.toBe(engineId);
    await vi.waitFor(() => expect(isAlive(engineId)).toBe(false), { timeout: 10_000 });
    await next.drop();
  });

  test("E-32 a second program on the same directory gets no engine until the first ends", { timeout: SLOW }, async () => {
    const first = await openTestAnalytics();
    const second = await openAnalytics({ url: null, dataDir: first.dataDir, random: systemRandom, log: quiet });
    const locked = new Promise<void>((resolve) => {
      second.onChange((state) => state.kind === "away" && /Cannot lock/.test(state.reason) && resolve());
    });
    await locked;
    await first.analytics.stop();
    await stateOf(second, "ready");
    await second.stop();
    await rm(first.dataDir, { recursive: true });
  });

  test("E-33 only who has the secret is answered, and the secret is in no argument or environment", { timeout: SLOW }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
    const supervisor = new EngineSupervisor({ dataDir, random: systemRandom, log: quiet });
    const running = new Promise<EngineState & { kind: "running" }>((resolve) => supervisor.onChange((state) => state.kind === "running" && resolve(state)));
    supervisor.start();
    const { url, password } = await running;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const ask = (authorization?: string) => fetch(`${url}/?query=SELECT%201`, { method: "POST", ...(authorization ? { headers: { authorization } } : {}) });
    expect((await ask()).status).toBe(401);
    expect((await ask(`Basic ${btoa("mochila:guess")}`)).status).toBe(401);
    expect(await (await ask(`Basic ${btoa(`mochila:${password}`)}`)).text()).toBe("1\n");
    const visible = await Promise.all(["cmdline", "environ"].map((file) => readFile(`/proc/${supervisor.processId}/${file}`, "utf8").catch(() => "")));
    expect(visible.join()).not.toContain(password);
    await supervisor.stop();
    await rm(dataDir, { recursive: true });
  });

  test("E-36 a server named by CLICKHOUSE_URL is used the same way, and waited for when it is away", { timeout: SLOW }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
    const server = new EngineSupervisor({ dataDir, random: systemRandom, log: quiet });
    const running = new Promise<EngineState & { kind: "running" }>((resolve) => server.onChange((state) => state.kind === "running" && resolve(state)));
    server.start();
    const { url, password } = await running;
    const address = url.replace("http://", `http://mochila:${password}@`);
    const maker = createClient({ url: address });
    const analytics = await openAnalytics({ url: `${address}/school`, dataDir: "unused", random: systemRandom, log: quiet });
    expect(analytics.processId()).toBeNull();
    // Its database is not there yet: the operator makes it, and nothing has to be started again.
    await new Promise<void>((resolve) => analytics.onChange((state) => state.kind === "away" && /school/.test(state.reason) && resolve()));
    await maker.command({ query: "CREATE DATABASE school" });
    await stateOf(analytics, "ready");
    const courseId = newId();
    await analytics.ingest({ id: newId(), lines: linesOf(testEvents(5, { course_id: courseId })) });
    expect((await analytics.courseFigures({ courseId, ...period })).people).toHaveLength(5);
    await analytics.stop();
    await maker.close();
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  test("E-34 texts come through as they are, and no setting of one request reaches the next", { timeout: SLOW }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
    const supervisor = new EngineSupervisor({ dataDir, random: systemRandom, log: quiet });
    const running = new Promise<EngineState & { kind: "running" }>((resolve) => supervisor.onChange((state) => state.kind === "running" && resolve(state)));
    supervisor.start();
    const { url, password } = await running;
    const client = createClient({ url, username: "mochila", password, log: { level: ClickHouseLogLevel.OFF } });
    const text = "it's; \"quoted\" \\n `x` \n\ttab ñ 日本 '; DROP TABLE t; --";
    await client.command({ query: "CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY s" });
    await client.insert({ table: "t", values: [{ s: text }], format: "JSONEachRow", clickhouse_settings: { insert_deduplication_token: "secret" } });
    const read = async (query: string, query_params: Record<string, unknown> = {}) => (await client.query({ query, query_params, format: "JSONEachRow" })).json();
    expect(await read("SELECT s FROM t")).toEqual([{ s: text }]);
    expect(await read("SELECT {p: String} AS s, getSetting('insert_deduplication_token') AS token", { p: text })).toEqual([{ s: text, token: "" }]);
    await expect(client.query({ query: "SELECT nonsense" })).rejects.toMatchObject({ code: "47", type: "UNKNOWN_IDENTIFIER" });
    await client.close();
    await supervisor.stop();
    await rm(dataDir, { recursive: true });
  });
});

test("E-35 without the library there are no reports, and they say why", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "mochila-analytics-"));
  const analytics = await openAnalytics({ url: null, dataDir, random: systemRandom, log: quiet, library: "chdb-that-is-not-here" });
  expect(analytics.state()).toEqual({ kind: "none", reason: "the library chdb-that-is-not-here is not installed" });
  await expect(analytics.ingest({ id: newId(), lines: "" })).rejects.toMatchObject({ code: "reports_unavailable" });
  await expect(analytics.courseFigures({ courseId: newId(), ...period })).rejects.toMatchObject({ code: "reports_unavailable" });
  await analytics.stop();
  await rm(dataDir, { recursive: true });
});
