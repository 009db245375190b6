import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import { Device } from "@mochila/sync-server/collab/test-rooms.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { listenOn, moduleRows, PersonOnInstances } from "../instances/person-on-instances.ts";
import { seeded } from "../simulation/seeded.ts";

const long = Boolean(process.env["TEST_LONG"]);
const ROUNDS = long ? 100 : 10;
const REMOVED_MS_MAX = 10_000;
const CLOSED_MS_MAX = 5_000;
vi.setConfig({ testTimeout: ROUNDS * 30_000, hookTimeout: 120_000 });

const dataDir = mkdtempSync(join(tmpdir(), "mochila-storm-"));
let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
let school: School;
let ana: PersonOverHttp;
let luis: PersonOverHttp;

beforeAll(async () => {
  cluster = await createTestDatabase();
  await cluster.database.sql.unsafe("drop schema public cascade; create schema public");
  school = await School.open({ DATABASE_URL: cluster.url, CLICKHOUSE_URL: "http://127.0.0.1:9/none", DATA_DIR: dataDir });
  [ana, luis] = await Promise.all([PersonOverHttp.signIn(school.url, emailOf("ana")), PersonOverHttp.signIn(school.url, emailOf("luis"))]);
});
afterAll(async () => {
  await school.close();
  await cluster.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A device online: it hears hints and reads at each, as the client does after its second of gathering; the poll of 30 s is left out. */
class OnlineDevice {
  readonly held = new Map<string, Map<string, Record<string, unknown>>>();
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly channels = new PersonOnInstances(luis, [school.url]);
  readonly #ending = new AbortController();
  #working: Promise<void> = Promise.resolve();

  async start(): Promise<void> {
    const stream = await listenOn(school.url, luis);
    await this.read();
    this.#working = (async () => {
      for (let heard = 0; !this.#ending.signal.aborted; await pause(20)) {
        if (stream.hints.length === heard) continue;
        heard = stream.hints.length;
        await this.read();
      }
      stream.close();
    })();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#working;
    this.channels.end();
  }

  async read(): Promise<void> {
    for (const collection of ["courses", "modules", "items"]) {
      const { documents, checkpoint } = await this.channels.pullAll(collection, this.#checkpoints.get(collection) ?? null);
      this.#checkpoints.set(collection, checkpoint);
      const mine = this.held.get(collection) ?? new Map<string, Record<string, unknown>>();
      this.held.set(collection, mine);
      for (const { _deleted: deleted, ...document } of documents.values()) {
        if (deleted) mine.delete(document.id);
        else mine.set(document.id, document);
      }
    }
  }
}

const asJson = async (answer: Promise<Response>): Promise<unknown> => {
  const { ok, status } = await answer;
  if (!ok) throw new Error(`status ${status}`);
  return (await answer).json();
};
const member = (courseId: string, role: string) => asJson(ana.call(`/api/courses/${courseId}/members`, { email: emailOf("luis"), role }));
const unenrol = async (courseId: string) => expect((await fetch(`${school.url}/api/courses/${courseId}/members/${luis.userId}`, { method: "DELETE", headers: { authorization: `Bearer ${ana.token}` } })).status).toBe(200);
const waitMs = async (condition: () => boolean, max: number): Promise<number> => {
  const begin = performance.now();
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: max, interval: 10 });
  return performance.now() - begin;
};

test(`D-11 G5 RO-7 ${ROUNDS} times a person at work loses rights: an online device loses the course within 10 s, its rooms close within 5 s, what was pending is answered, and what comes back comes whole`, async () => {
  const random = seeded(11);
  const [removed, closed]: [number[], number[]] = [[], []];
  const device = new OnlineDevice();
  await device.start();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [courseId, moduleId, itemId] = [newId(), newId(), newId()];
    await asJson(ana.call("/api/courses", { id: courseId, title: { en: "Storm" }, languages: ["en"] }));
    const page = { id: itemId, rev: newRev(), courseId, moduleId, kind: "page", title: { en: "One" }, order: "V", state: "draft" };
    const rows = [...moduleRows(courseId, [moduleId]), ...moduleRows(courseId, Array.from({ length: 5 }, () => newId()))];
    await asJson(ana.call("/api/sync/push", { pushes: [{ collection: "modules", rows }, { collection: "items", rows: [{ newDocumentState: page }] }] }));
    for (let change = 0; change < 3; change += 1) {
      await member(courseId, "instructor");
      await waitMs(() => device.held.get("items")?.has(itemId) === true && device.held.get("modules")?.has(moduleId) === true, REMOVED_MS_MAX);
      const room = pageRoom(itemId, "en");
      const ticket = async () => (await asJson(luis.call("/api/collab/ticket", { room }))) as { ticket: string; write: boolean };
      const editor = new Device({ room, ticket }, { userId: luis.userId, sessionId: "" }, { port: school.port });
      await editor.connect();
      await waitMs(() => editor.provider.synced, 5_000);
      editor.text.insert(0, "typing ");

      // Edits are on their way while the right goes: each is taken, or answered with a removal.
      const base = device.held.get("modules")?.get(moduleId) ?? {};
      const edits = Array.from({ length: 4 }, (_, index) => device.channels.write("modules", [{ newDocumentState: { ...base, rev: newRev(), title: { en: `by Luis ${index}` } }, assumedMasterState: base }]));
      if (random.chance(0.5)) await pause(random.below(40));
      const kind = random.pick(["unenrol", "student", "assistant"] as const) ?? "unenrol";
      await (kind === "unenrol" ? unenrol(courseId) : member(courseId, kind));
      // Of a draft course its students get nothing; an assistant reads on, with another ticket.
      const closing = waitMs(() => editor.closes.length > 0, CLOSED_MS_MAX);
      const removing = kind === "assistant" ? null : waitMs(() => device.held.get("items")?.has(itemId) !== true && device.held.get("modules")?.has(moduleId) !== true, REMOVED_MS_MAX);
      closed.push(await closing);
      if (removing) removed.push(await removing);
      expect(editor.closes[0]).toBe(kind === "assistant" ? 4401 : 4403);
      editor.destroy();
      await Promise.all(edits);
      const late = await device.channels.write("modules", [{ newDocumentState: { ...base, rev: newRev(), title: { en: "too late" } }, assumedMasterState: base }]);
      expect(late).toHaveLength(1);
      expect(device.channels.answers.at(-1)?.refused).toBeDefined();
      const [stored] = await cluster.database.sql<{ title: string }[]>`select body -> 'title' ->> 'en' as title from doc_modules where id = ${moduleId}`;
      expect(stored?.title).not.toBe("too late");
    }
    await unenrol(courseId);
  }
  await device.read();
  for (const [collection, documents] of device.held) expect(new Map([...documents.values()].map(({ id, rev }) => [id, rev]))).toEqual(new Map([...(await luis.pullAll(collection)).values()].map(({ id, rev }) => [id, rev])));
  await device.stop();
  expect(new Set(device.channels.contacts)).toEqual(new Set());
  const ms = (values: readonly number[]) => `${values.length} times, ${Math.max(...values).toFixed(0)} ms at most`;
  console.log(`removed from an online device ${ms(removed)}; rooms closed ${ms(closed)}`);
  expect(removed.length).toBeGreaterThan(ROUNDS / 2);
});
