import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import * as Y from "yjs";
import { createTestDatabase } from "../db/test-database.ts";
import { Device, RoomSchool, runRooms } from "./test-rooms.ts";
import { readRoom, toDocument } from "./store.ts";

interface Trace {
  readonly endContent: string;
  readonly numAgents: number;
  readonly txns: readonly { readonly parents: readonly number[]; readonly agent: number; readonly patches: readonly [number, number, string][] }[];
}

const folder = [process.env["MOCHILA_DATA"], join(import.meta.dirname, "../../../shared/data")].find((path) => path !== undefined && existsSync(path));
const TRACE = "editing-traces/friendsforever.json.gz";

/** Each author's document as it was when they typed: it has seen exactly the ancestors that the trace names. */
class Author {
  readonly doc = new Y.Doc();
  readonly #seen = new Set<number>();

  constructor(id: number) {
    this.doc.clientID = id;
  }

  /** Answers what was new to them. */
  see(trace: Trace, updates: readonly Uint8Array[], parents: readonly number[]): Uint8Array[] {
    const missing: number[] = [];
    const waiting = [...parents];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.#seen.has(next)) continue;
      this.#seen.add(next);
      missing.push(next);
      waiting.push(...(trace.txns[next]?.parents ?? []));
    }
    const news = missing.sort((left, right) => left - right).map((index) => updates[index] as Uint8Array);
    for (const update of news) Y.applyUpdate(this.doc, update);
    return news;
  }

  type(index: number, patches: Trace["txns"][number]["patches"]): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    let update = new Uint8Array();
    const take = (bytes: Uint8Array) => (update = Uint8Array.from(bytes));
    this.doc.once("update", take);
    const text = this.doc.getText("probe");
    this.doc.transact(() => {
      for (const [at, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(at, deleted);
        if (inserted) text.insert(at, inserted);
      }
    });
    this.doc.off("update", take);
    this.#seen.add(index);
    return update.length > 0 ? update : Y.encodeStateAsUpdate(this.doc, before);
  }
}

const sorted = (text: string): string => [...text].sort().join("");

test.skipIf(!folder)("RO-11 a real text by two people, 26,078 edits with 2,258 merges, whole through the server: every replica holds the final text", async () => {
  const trace = JSON.parse(gunzipSync(readFileSync(join(folder ?? "", TRACE))).toString()) as Trace;
  const cluster = await createTestDatabase();
  const server = await runRooms(cluster.database);
  try {
    const school = await RoomSchool.open(cluster.database);
    const devices = await Promise.all([0, 1, 2].map(async () => new Device(school, await school.person("instructor"), server)));
    await Promise.all(devices.map((device) => device.connect()));
    await vi.waitFor(() => expect(devices.every(({ provider }) => provider.synced)).toBe(true), 10_000);
    const authors = [new Author(1), new Author(2)];
    const updates: Uint8Array[] = [];
    const started = performance.now();
    for (const [index, { agent, parents, patches }] of trace.txns.entries()) {
      const author = authors[agent] as Author;
      const { doc, provider } = devices[agent] as Device;
      // Seen by the other road; the server brings it to them too, and to the third person by itself.
      for (const news of author.see(trace, updates, parents)) Y.applyUpdate(doc, news, provider);
      const update = author.type(index, patches);
      updates.push(update);
      Y.applyUpdate(doc, update, "typed");
      if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(devices.every((device) => device.settled && device.text.toJSON() === devices[2]?.text.toJSON())).toBe(true), { timeout: 60_000, interval: 50 });
    const seconds = (performance.now() - started) / 1_000;
    const text = devices[0]?.text.toJSON() ?? "";
    expect(toDocument(await readRoom(cluster.database.sql, school.room)).getText("probe").toJSON()).toBe(text);
    expect(sorted(text)).toBe(sorted(trace.endContent));
    console.log(`trace: ${trace.txns.length} edits in ${seconds.toFixed(1)} s, equal to the recorded text: ${text === trace.endContent}`);
    for (const device of devices) device.destroy();
  } finally {
    await server.stop();
    await cluster.drop();
  }
}, 90_000);
