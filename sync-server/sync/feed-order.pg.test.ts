import { setTimeout as pause } from "node:timers/promises";
import { newId } from "@mochila/shared/kernel/ids.ts";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, TestDevice, type TestSchool, title } from "./test-school.ts";
import { readDocuments, writeDocuments } from "./write-documents.ts";

const WRITERS = 24;
const WRITING_MS = 8_000;
const COURSES = 6;

let database: Database;
let url: string;
let drop: () => Promise<void>;
let school: TestSchool;

beforeAll(async () => {
  ({ database, url, drop } = await createTestDatabase());
  school = await createTestSchool(database);
});
afterAll(() => drop());

/** A small generator, so that a run can be told by its seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

/** The follower that everybody writes first: what has a higher number than the last one seen. */
class SequenceFollower {
  readonly seen = new Map<string, string>();
  #last = "0";
  async poll(): Promise<number> {
    const rows = await database.sql<{ id: string; rev: string; seq: string }[]>`
      select doc.id, doc.rev, entry.seq::text as seq from scope_doc as entry join doc_modules as doc on doc.id = entry.doc_id
      where entry.coll = 3 and entry.seq > ${this.#last}::bigint order by entry.seq limit 50`;
    for (const { id, rev } of rows) this.seen.set(id, rev);
    this.#last = rows.at(-1)?.seq ?? this.#last;
    return rows.length;
  }
}

it("F5 24 writers, delayed commits, rollbacks: the horizon loses nothing, a sequence alone loses at least 1 %", async () => {
  const seed = 20_261_122;
  const reader = await school.person();
  const courses = await Promise.all(Array.from({ length: COURSES }, () => school.course()));
  for (const course of courses) await school.enrol(course, reader, "student");
  const pool = postgres(url, { max: WRITERS, onnotice: () => undefined });
  const until = performance.now() + WRITING_MS;
  const writing = () => performance.now() < until;
  const committed = new Set<string>();

  const writer = async (number: number) => {
    const random = seeded(seed + number);
    const mine: { id: string; courseId: string }[] = [];
    while (writing()) {
      const made = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({ id: newId(), courseId: courses[Math.floor(random() * COURSES)] ?? "" }));
      const moved = random() < 0.2 ? mine.slice(-3, -2) : [];
      try {
        await pool.begin(async (transaction) => {
          for (const document of [...made, ...moved]) {
            await writeDocuments(transaction, [{ collection: "modules", document: { ...document, title: title(`${random()}`), order: "V", state: "published" } }]);
            if (random() < 0.25) await transaction`select 1`;
          }
          if (random() < 0.1) await pause(random() * 50);
          if (random() < 0.05) throw new Error("rolled back");
        });
        mine.push(...made);
        for (const { id } of made) committed.add(id);
      } catch (error) {
        if (!(error instanceof Error && error.message === "rolled back")) throw error;
      }
    }
  };
  const device = new TestDevice(school, reader, ["modules"]);
  const sequence = new SequenceFollower();
  const follow = async (poll: () => Promise<unknown>) => {
    while (writing()) {
      await poll();
      await pause(4);
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, (_, number) => writer(number)), follow(() => device.pullOnce(50)), follow(() => sequence.poll())]);
  await device.pull();
  while ((await sequence.poll()) > 0);
  await pool.end();

  const masters = await readDocuments(database.sql, "modules", [...committed]);
  const lost = [...masters.values()].filter(({ id, rev }) => device.get("modules", id)?.["rev"] !== rev);
  const lostBySequence = [...masters.values()].filter(({ id, rev }) => sequence.seen.get(id) !== rev);
  console.log(`seed ${seed}: ${committed.size} documents, horizon lost ${lost.length}, sequence lost ${lostBySequence.length}`);
  expect(device.ids("modules")).toEqual([...committed].sort());
  expect(lost).toEqual([]);
  expect(lostBySequence.length / committed.size).toBeGreaterThanOrEqual(0.01);
}, 60_000);
