import { EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import { startEmbeddedPostgres } from "@mochila/sync-server/db/embedded.ts";
import { BATCH_ROWS_MAX } from "@mochila/sync-server/activity/sealed-batches.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { openDatabase } from "@mochila/sync-server/db/pool.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { copyBare, copyLines, makeBareTable, makeBatches, sendBatch } from "./events-client.ts";
import { byTurns, type Figure, printFigures } from "./figure.ts";
import { forward, insertBare, openStore, readRows } from "./forwarding.ts";
import { residentBytes } from "./process-cost.ts";

/** V8 goes on compiling for some four rounds: the first takes twice what the last one does. */
const ROUNDS = { warmUp: 4, counted: 8 };
/** One device each: more from one person would meet the limit of requests. */
const PEOPLE = ["mei", "ana", "luis", "sofia"] as const;
const BATCHES_PER_STREAM = 20;
const EVENTS = PEOPLE.length * BATCHES_PER_STREAM * EVENTS_PER_BATCH_MAX;
const INTAKE_AIM = 0.3;
/** The events of the eight rounds that count are 88 MB as JSON: kept, they would show. What is not collected yet comes and goes, so two rounds stand for a moment. */
const MEMORY_BYTES_MAX = 32 * 1_024 * 1_024;
const FORWARDING_ROUNDS = { warmUp: 1, counted: 3 };
const FORWARDED_BATCHES = 4;
const FORWARDING_AIM = 0.7;
/** Nobody listens there: ClickHouse is away. */
const AWAY = "http://127.0.0.1:1/mochila";

/** Events a second. */
async function rate(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (EVENTS * 1_000) / (performance.now() - before);
}

/** Several devices at once, each batch after the answer to the one before it. */
const eachInOrder = <Item>(lists: readonly (readonly Item[])[], work: (item: Item) => Promise<void>) =>
  Promise.all(lists.map(async (list) => {
    for (const item of list) await work(item);
  }));

async function intake(school: School, database: Database): Promise<Figure[]> {
  await makeBareTable(database);
  const devices = await Promise.all(PEOPLE.map(async (name) => {
    const person = await PersonOverHttp.signIn(school.url, emailOf(name));
    const [courseId = ""] = (await person.pullAll("courses")).keys();
    return { person, courseId };
  }));
  const streams = () => devices.map(({ person, courseId }) => makeBatches(BATCHES_PER_STREAM, courseId).map((batch) => ({ person, batch })));
  const memory: number[] = [];
  const measured = await byTurns(ROUNDS, {
    ours: async () => {
      const lists = streams().map((batches) => batches.map(({ person, batch }) => ({ person, body: JSON.stringify(batch), last: batch.events.at(-1)?.seq ?? 0 })));
      const taken = await rate(() => eachInOrder(lists, ({ person, ...batch }) => sendBatch(school.url, person, batch)));
      memory.push(residentBytes(school.processId));
      return taken;
    },
    bare: async () => {
      const lists = streams().map((batches) => batches.map(({ person, batch }) => copyLines(batch, person.userId)));
      return rate(() => eachInOrder(lists, (lines) => copyBare(database, lines)));
    },
  });
  const [taken] = await database.sql<{ ours: number; bare: number }[]>`select (select count(*) from event_raw)::int as ours, (select count(*) from bare_event)::int as bare`;
  if (taken?.ours !== taken?.bare) throw new Error(`${taken?.ours} events were taken, ${taken?.bare} copied`);
  console.log(`memory, MB: ${memory.map((bytes) => Math.round(bytes / 1_048_576)).join(" ")}`);
  const [warm, end] = [Math.max(...memory.slice(ROUNDS.warmUp - 2, ROUNDS.warmUp)), Math.min(...memory.slice(-2))];
  return [
    { name: "intake until durable beside a bare COPY (at least)", value: measured.ours, unit: "events/s", limit: measured.bare * INTAKE_AIM },
    { name: "memory of the server grown over eight rounds, ClickHouse away", value: Math.max(0, end - warm), unit: "bytes", limit: MEMORY_BYTES_MAX },
  ];
}

async function forwarding(database: Database): Promise<Figure> {
  const store = await openStore();
  try {
    const measured = await byTurns(FORWARDING_ROUNDS, {
      ours: () => forward(database, store, FORWARDED_BATCHES),
      bare: async () => {
        const rows = await readRows(store.client, FORWARDED_BATCHES * BATCH_ROWS_MAX);
        const batches = Array.from({ length: FORWARDED_BATCHES }, (_, index) => rows.slice(index * BATCH_ROWS_MAX, (index + 1) * BATCH_ROWS_MAX));
        return insertBare(store.client, batches);
      },
    });
    return { name: "forwarding beside a bare insert of the same rows (at least)", value: measured.ours, unit: "events/s", limit: measured.bare * FORWARDING_AIM };
  } finally {
    await store.close();
  }
}

const school = await School.open({ CLICKHOUSE_URL: AWAY, LIMITS: "off" });
const postgres = await startEmbeddedPostgres({ dataDir: school.dataDir, log: silentLog });
const database = openDatabase(postgres.url, postgres);
try {
  const figures = await intake(school, database);
  // Its forwarder waits for an engine and would keep ours from the work.
  await school.stop();
  printFigures([...figures, await forwarding(database)]);
} finally {
  await database.close();
  await postgres.stop();
  await school.close();
}
