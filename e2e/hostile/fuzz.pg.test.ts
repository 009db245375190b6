import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { seeded } from "../simulation/seeded.ts";
import type { Schema } from "./fitting-value.ts";
import { type Address, type Ground, hostileRequest } from "./hostile-request.ts";
import { type RawAnswer, sendRaw } from "./raw-request.ts";

// QUALITY S-10: requests as somebody hostile would make them, to every address of the real program, over real sockets.

const long = Boolean(process.env["TEST_LONG"]);
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? (long ? 20_000 : 1_200));
const SEED = Number(process.env["FUZZ_SEED"] ?? (long ? Date.now() % 1e9 : 11));
const AT_ONCE = 16;
/** Nothing that a request asks for may take so long; what waits for a body that never comes is left then. */
const PATIENCE_MS = 3_000;
const LOOP_DELAY_P99_MS_MAX = 100;
const MEMORY_GROWTH_MAX = 250 * 1_024 * 1_024;
const RENEW_EVERY = 250;
const people = ["sofia", "ana", "admin"] as const;

let school: School;
let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
const folder = mkdtempSync(join(tmpdir(), "mochila-fuzz-"));

beforeAll(async () => {
  cluster = await createTestDatabase();
  await cluster.database.sql.unsafe("drop schema public cascade; create schema public");
  school = await School.open({
    DATABASE_URL: cluster.url, CLICKHOUSE_URL: "http://127.0.0.1:9/none", LIMITS: "off", LOG_LEVEL: "error",
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "loop-delay.mjs")).href}`, LOOP_DELAY_FOLDER: folder,
  });
}, 120_000);
afterAll(async () => {
  await school.close();
  await cluster.drop();
  rmSync(folder, { recursive: true });
});

interface Health {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly rssBytes: number;
}
const healthOf = (): Health => JSON.parse(readFileSync(join(folder, `${school.processId}.json`), "utf8")) as Health;

type Described = Readonly<Record<string, Readonly<Record<string, { parameters?: { name: string; in: string }[]; requestBody?: { content: { "application/json"?: { schema: Schema } } } }>>>>;

async function addresses(): Promise<Address[]> {
  const { paths } = (await (await fetch(`${school.url}/api/openapi.json`)).json()) as { paths: Described };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(), path, body: requestBody?.content["application/json"]?.schema ?? null, query: parameters.filter((one) => one.in === "query").map(({ name }) => name),
    })));
}

/** What people of this school really send: pulls of everything, and each of their documents as it is, as a new one. */
async function syncBodiesOf(person: PersonOverHttp): Promise<{ ids: string[]; bodies: Ground["syncBodies"] }> {
  const ids: string[] = [];
  const bodies: { path: string; body: unknown }[] = [{ path: "/api/sync/pull", body: { pulls: registry.map(({ name }) => ({ collection: name, checkpoint: null })) } }];
  for (const { name } of registry) {
    const documents = [...(await person.pullAll(name)).values()].slice(0, 20);
    ids.push(...documents.map(({ id }) => id));
    for (const document of documents) {
      const rows = [{ newDocumentState: { ...document, rev: newRev() }, assumedMasterState: document }, { newDocumentState: { ...document, id: newId(), rev: newRev() } }];
      bodies.push({ path: "/api/sync/push", body: { pushes: [{ collection: name, rows }] } });
    }
  }
  return { ids, bodies };
}

/**
 * An administrator's request that fits may ask staff for a second factor, which nobody here has; another one that is on its way may do so again between the two
 * lines.
 */
async function signInAll(triesLeft = 20): Promise<PersonOverHttp[]> {
  await cluster.database.sql`delete from school_setting`;
  try {
    return await Promise.all(people.map((name) => PersonOverHttp.signIn(school.url, emailOf(name))));
  } catch (error) {
    if (triesLeft === 0 || !(await cluster.database.sql`select 1 from school_setting where name = 'secondFactor'`).length) throw error;
    return signInAll(triesLeft - 1);
  }
}

async function groundOf(): Promise<Ground> {
  const signedIn = await signInAll();
  const found = await Promise.all(signedIn.map(syncBodiesOf));
  return {
    host: `localhost:${school.port}`, addresses: await addresses(), tokens: signedIn.map(({ token }) => token), syncBodies: found.flatMap(({ bodies }) => bodies),
    // Nobody's own id or e-mail: a request that suspends who sends it would end the test's power.
    known: { ids: [...new Set(found.flatMap(({ ids }) => ids))].filter((id) => !signedIn.some(({ userId }) => userId === id)), emails: ["fuzz@school.example"] },
  };
}

test("S-10 who asks for a socket and is gone before the refusal ends nothing", async () => {
  for (const path of ["/", "/collab", "/collab/nothing", "/api/me"]) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const socket = connect(school.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      // Two at once: the second is answered into a connection that the first has closed.
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost:${school.port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n${"x".repeat(5_000)}`);
      await pause(Math.random() * 20);
      socket.resetAndDestroy();
    }));
  }
  expect((await fetch(`${school.url}/healthz`)).status).toBe(200);
});

const inside = /\n\s+at |node_modules|\.ts:\d|ECONN|syntax error|relation "|violates|PostgresError/;

test(`S-10 ${REQUESTS} hostile requests, seed ${SEED}: no 5xx, nothing of the inside is told, the loop stays free and the memory bounded`, async () => {
  let ground = await groundOf();
  await Promise.all(Array.from({ length: 200 }, () => fetch(`${school.url}/api/openapi.json`).then((answer) => answer.text())));
  writeFileSync(join(folder, "begin"), "");
  await pause(1_100);
  const before = healthOf();
  const statuses = new Map<string, number>();
  const bad: string[] = [];
  const slowest: { ms: number; what: string }[] = [];
  let rssMax = 0;
  let next = 0;
  const note = (number: number, line: string, { status, text, milliseconds }: RawAnswer): void => {
    const kind = String(status ?? "none");
    statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
    if (status !== null && status >= 500) bad.push(`${number}: ${status} ${line.slice(0, 120)} ${text.slice(-300)}`);
    // The description of the addresses and the app's own files may say anything.
    if (status !== null && status >= 400 && inside.test(text)) bad.push(`${number}: tells ${line.slice(0, 120)} ${text.slice(-500)}`);
    slowest.push({ ms: Math.round(milliseconds), what: `${number} ${kind} ${line.slice(0, 80)}` });
  };
  const hand = async (): Promise<void> => {
    for (let number = next++; number < REQUESTS; number = next++) {
      const request = hostileRequest(seeded(SEED).branch(number), ground);
      note(number, request.line, await sendRaw(school.port, request, PATIENCE_MS));
      if (number % 100 === 0) rssMax = Math.max(rssMax, healthOf().rssBytes);
      // Among what is fuzzed is the end of sessions.
      if (number % RENEW_EVERY === 0) ground = { ...ground, tokens: (await signInAll()).map(({ token }) => token) };
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, hand)).catch((error: unknown) => {
    throw new Error(`about request ${next}, the server's last words: ${school.printed.slice(-15).join("\n")}`, { cause: error });
  });
  const seconds = (performance.now() - begin) / 1_000;
  await pause(600);
  const after = healthOf();
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(`S-10: ${REQUESTS} requests to ${ground.addresses.length} addresses in ${seconds.toFixed(0)} s; statuses ${JSON.stringify(Object.fromEntries([...statuses].toSorted()))}; ` +
    `loop delay p50 ${after.p50.toFixed(1)}, p99 ${after.p99.toFixed(1)}, max ${after.max.toFixed(0)} ms; memory ${mib(before.rssBytes)} before, ${mib(rssMax)} at most, ${mib(after.rssBytes)} after; ` +
    `slowest ${JSON.stringify(slowest.toSorted((one, other) => other.ms - one.ms).slice(0, 3))}`);
  expect(bad).toEqual([]);
  // Also what nobody waited for: its sender had left.
  const metrics = await (await fetch(`${school.url}/metrics`)).text();
  expect(metrics.split("\n").filter((line) => line.startsWith("mochila_requests_total") && /status="5\d\d"/.test(line))).toEqual([]);
  expect(school.printed.filter((line) => /request_failed|unhandled/.test(line))).toEqual([]);
  // It has power: requests got in, and each kind of refusal was met.
  for (const status of ["200", "400", "401", "403", "404", "405", "413", "415"]) expect(statuses.get(status) ?? 0, `answers ${status}`).toBeGreaterThan(0);
  expect((statuses.get("200") ?? 0) / REQUESTS).toBeGreaterThan(0.05);
  expect(after.p99).toBeLessThan(LOOP_DELAY_P99_MS_MAX);
  expect(rssMax - before.rssBytes).toBeLessThan(MEMORY_GROWTH_MAX);
  for (const person of await signInAll()) expect((await person.call("/api/me")).status).toBe(200);
}, 1_800_000);
