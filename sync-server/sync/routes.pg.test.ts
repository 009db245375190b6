import { CodedError } from "@mochila/shared/errors.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { registry } from "@mochila/shared/registry.ts";
import { NEXT_PAGES_HEADER, readNextPages } from "@mochila/shared/sync/next-pages.ts";
import type { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createApplication } from "../http/application.ts";
import { gatewaysOf } from "../http/remote-address.ts";
import { Metrics } from "../http/metrics.ts";
import { MemoryRateLimiter } from "../http/rate-limit.ts";
import { silentLog } from "../log.ts";
import { createHints, type HintService } from "./hints.ts";
import { notifyCarrier } from "./notify-carrier.ts";
import { syncRoutes } from "./routes.ts";
import { createTestSchool, progressOf, type TestSchool } from "./test-school.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
let hints: HintService;
let ask: (path: string, init?: { token?: string; body?: unknown; method?: string }) => Promise<Response>;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  hints = createHints({ carrier: notifyCarrier(database), random: systemRandom, log: silentLog });
  const app = createApplication({ gateways: gatewaysOf([]),
    routes: syncRoutes({ sync: school.sync, hints }),
    log: silentLog,
    clock: systemClock,
    random: systemRandom,
    limiter: new MemoryRateLimiter(systemClock),
    metrics: new Metrics([]),
    files: { byAddress: new Map(), secure: false },
    guards: {
      origin: { publicUrl: null },
      operatorToken: null,
      authenticate: (token) => {
        const [userId = "", kind] = token.split(".");
        if (kind !== "valid") throw new CodedError("not_signed_in", "Sign in.");
        return Promise.resolve({ userId, sessionId: newId(), expiresAt: systemClock.now() + 60_000, actingBy: null });
      },
      loadActor: (userId) => loadActor(database.sql, userId),
    },
    checkOpen: () => Promise.resolve(),
  });
  ask = (path, { token, body, method = "POST" } = {}) =>
    Promise.resolve(
      app.request(`http://localhost${path}`, {
        method,
        headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
});
afterAll(async () => {
  await hints.close();
  await drop();
});

const pulls = registry.map(({ name }) => ({ collection: name, checkpoint: null }));

it("A1 nobody and somebody with a bad token get nothing from pull, push or stream, and write nothing", async () => {
  const [course, student] = [await school.course(), await school.person()];
  await school.enrol(course, student, "student");
  const row = progressOf(student, newId(), course);
  const pushes = [{ collection: "progress", rows: [{ newDocumentState: row }] }];
  for (const token of [undefined, "", "x", `${student}.expired.x`]) {
    for (const [path, init] of [["/api/sync/pull", { body: { pulls } }], ["/api/sync/push", { body: { pushes } }], ["/api/sync/stream", { method: "GET" }]] as const) {
      const answer = await ask(path, { ...init, ...(token === undefined ? {} : { token }) });
      expect([path, answer.status]).toEqual([path, 401]);
      expect(Object.keys((await answer.json()) as object)).toEqual(["error"]);
    }
  }
  expect(await database.sql`select 1 from doc_progress`).toEqual([]);
});

it("P7 F1 the whole way over HTTP: a push is answered and hinted, a pull brings it, the answers fit their schemas", async () => {
  const [course, student] = [await school.course(), await school.person()];
  await school.enrol(course, student, "student");
  const token = `${student}.valid.x`;
  const heard: string[] = [];
  const unsubscribe = hints.subscribe((scopes) => heard.push(...scopes));
  const row = progressOf(student, newId(), course);
  const pushed = await ask("/api/sync/push", { token, body: { pushes: [{ collection: "progress", rows: [{ newDocumentState: row }] }] } });
  expect([pushed.status, await pushed.json()]).toEqual([200, { results: [{ collection: "progress", conflicts: [], rejected: [] }] }]);
  expect(heard).toEqual([`u:${student}`]);
  unsubscribe();
  const pulled = (await (await ask("/api/sync/pull", { token, body: { pulls } })).json()) as { results: { collection: string; documents?: unknown[] }[] };
  expect(pulled.results.find(({ collection }) => collection === "progress")?.documents).toEqual([row]);
});

it("F10 the head of a page tells where the next ones begin, so that a device may ask before this one is there", async () => {
  const [course, student] = [await school.course(), await school.person()];
  await school.enrol(course, student, "student");
  const token = `${student}.valid.x`;
  const rows = [1, 2, 3].map(() => ({ newDocumentState: progressOf(student, newId(), course) }));
  await ask("/api/sync/push", { token, body: { pushes: [{ collection: "progress", rows }] } });
  const pull = async (checkpoint: string | null) => {
    const answer = await ask("/api/sync/pull", { token, body: { pulls: [{ collection: "courses", checkpoint: null }, { collection: "progress", checkpoint, limit: 2 }] } });
    const { results } = (await answer.json()) as PullResponse;
    return { header: answer.headers.get(NEXT_PAGES_HEADER), progress: results[1] };
  };
  const { header, progress } = await pull(null);
  expect(progress?.more).toBe(true);
  expect(readNextPages(header)).toEqual({ progress: progress?.checkpoint });
  const last = await pull(progress?.checkpoint ?? null);
  expect([last.progress?.documents?.length, last.header]).toEqual([1, null]);
  expect([null, "", "{", "[1]", `{"a":1}`].map(readNextPages)).toEqual([{}, {}, {}, {}, {}]);
});

it.each([
  ["no pulls", "/api/sync/pull", { pulls: [] }, 400],
  ["an unknown field", "/api/sync/pull", { pulls, user: "x" }, 400],
  ["a collection that does not exist", "/api/sync/pull", { pulls: [{ collection: "person", checkpoint: null }] }, 400],
  ["a limit out of bounds", "/api/sync/pull", { pulls: [{ collection: "items", checkpoint: null, limit: 1_000_000 }] }, 400],
  ["a push of a collection that does not exist", "/api/sync/push", { pushes: [{ collection: "person", rows: [] }] }, 400],
  ["a row without a document", "/api/sync/push", { pushes: [{ collection: "items", rows: [{}] }] }, 400],
  ["more bytes than a push may have", "/api/sync/push", { pushes: [{ collection: "items", rows: [{ newDocumentState: { text: "x".repeat(5_000_000) } }] }] }, 413],
])("P13 refuses %s", async (_, path, body, status) => {
  const token = `${await school.person()}.valid.x`;
  expect((await ask(path, { token, body })).status).toBe(status);
});
