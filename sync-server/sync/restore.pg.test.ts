import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/pool.ts";
import { silentLog } from "../log.ts";
import { createTestSchool, progressOf, TestDevice, type TestSchool } from "./test-school.ts";

let dataDir: string;
let postgres: EmbeddedPostgres;
let database: Database;
let school: TestSchool;

/** A server's life over the folder: its start begins an era. */
async function start(): Promise<void> {
  postgres = await startEmbeddedPostgres({ dataDir, log: silentLog });
  database = openDatabase(postgres.url);
  await migrate(database);
  school = await createTestSchool(database);
}

async function stop(): Promise<void> {
  await database.close();
  await postgres.stop();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mochila-restore-"));
  await chmod(dataDir, 0o700);
});
afterEach(async () => {
  await stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  await rm(`${dataDir}-copy`, { recursive: true, force: true });
});

/** With owners and modes: PostgreSQL starts on nothing else. */
const copyFolder = (from: string, to: string) => promisify(execFile)("cp", ["-a", from, to]);
const folder = () => join(dataDir, "postgres");
const copy = () => join(`${dataDir}-copy`, "postgres");

/** Writes until the counter has passed a transaction that a device has seen. */
async function modulesUntil(course: string, passed: bigint, { module, database: { sql } }: TestSchool = school): Promise<string[]> {
  const made: string[] = [];
  for (let xid = 0n; xid <= passed; ) {
    made.push(await module(course, "published"));
    const [row] = await sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
    xid = BigInt(row?.xid ?? 0);
  }
  return made;
}

it.each([
  ["was started again after the copy", ""],
  // As after a copy of a running server: what comes is in the era of before.
  ["went on after the copy", "delete from sync_era where from_xid = (select max(from_xid) from sync_era)"],
])("E3 a folder that was put back, of a server that %s: a device that saw more than it holds starts anew and misses nothing", async (_, going) => {
  await start();
  const [course, person] = [await school.course(), await school.person()];
  await school.enrol(course, person, "student");
  const kept = await school.module(course, "published");
  const early = new TestDevice(school, person);
  await early.pull();
  await stop();
  await mkdir(`${dataDir}-copy`);
  await copyFolder(folder(), copy());

  await start();
  await database.sql.unsafe(going);
  const lost = [await school.module(course, "published"), await school.module(course, "published"), await school.module(course, "published")];
  const device = new TestDevice(school, person);
  await device.pull();
  expect(device.ids("modules")).toEqual([kept, ...lost].sort());
  const [seen] = await database.sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  await stop();

  await rm(folder(), { recursive: true });
  await copyFolder(copy(), folder());
  await start();
  const made = await modulesUntil(course, BigInt(seen?.xid ?? 0));
  // The counter has passed what the device saw: its checkpoint looks as good as any.
  device.school = school;
  early.school = school;
  const again = await device.pull();
  expect([device.restarts, early.restarts]).toEqual([1, 0]);
  expect(again.map(({ id }) => id)).toEqual(expect.arrayContaining([kept, ...made]));
  expect(new Set(device.ids("modules"))).toEqual(new Set([kept, ...lost, ...made]));
  // A device that saw only what the copy holds goes on where it was.
  const news = await early.pull();
  expect(news.map(({ id }) => id).sort()).toEqual([...made].sort());
});

it("E3 a device that was closed between the answer to its write and the page with it is told that the write is lost", async () => {
  await start();
  const [course, person] = [await school.course(), await school.person()];
  await school.enrol(course, person, "student");
  const device = new TestDevice(school, person);
  await device.pull();
  const write = async () => {
    const row = progressOf(person, newId(), course);
    expect(await school.push(person, "progress", [{ newDocumentState: row }])).toMatchObject({ conflicts: [] });
    return row;
  };
  const kept = await write();
  await stop();
  await mkdir(`${dataDir}-copy`);
  await copyFolder(folder(), copy());
  await start();
  const lost = await write();
  await stop();
  await rm(folder(), { recursive: true });
  await copyFolder(copy(), folder());
  await start();

  // All of its checkpoints are of before the copy.
  for (const [written, restarts] of [[kept, 0], [lost, 1]] as const) {
    const back = new TestDevice(school, person);
    for (const [name, checkpoint] of device.checkpoints) back.checkpoints.set(name, checkpoint);
    back.taken = { id: written.id, rev: written.rev };
    await back.pull();
    expect(back.restarts).toBe(restarts);
  }
  // An edit over the lost write would otherwise be merged as if nothing else had changed.
  const change = { newDocumentState: { ...lost, rev: newRev(), seenAt: 5 }, assumedMasterState: { ...lost } };
  const push = school.sync.push({ userId: person }, { pushes: [{ collection: "progress", rows: [change] }], taken: { id: lost.id, rev: lost.rev } });
  await expect(push).rejects.toMatchObject({ code: "epoch_changed" });
});

it.each([
  ["", true],
  [", also of a server that nobody had asked anything since its start", false],
])("E4 a folder that was put back while the server went on is noticed at the first push or pull%s", async (_, asked) => {
  await start();
  // The server keeps its address of the store; what answers there is another start of it.
  const door = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: Number(new URL(postgres.url).port) });
    for (const [from, to] of [[near, far], [far, near]] as const) from.on("error", () => to.destroy()).on("close", () => to.destroy()).pipe(to);
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = new URL(postgres.url);
  address.port = String((door.address() as AddressInfo).port);
  const living = openDatabase(address.href);
  try {
    const server = await createTestSchool(living);
    const [course, person] = [await server.course(), await server.person()];
    await server.enrol(course, person, "student");
    await postgres.stop();
    await mkdir(`${dataDir}-copy`);
    await copyFolder(folder(), copy());

    postgres = await startEmbeddedPostgres({ dataDir, log: silentLog });
    await server.module(course, "published");
    const device = new TestDevice(server, person);
    await device.pull();
    expect(device.ids("modules")).toHaveLength(1);
    const next = asked ? server : await createTestSchool(living);
    device.school = next;
    const [seen] = await living.sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
    await postgres.stop();

    await rm(folder(), { recursive: true });
    await copyFolder(copy(), folder());
    postgres = await startEmbeddedPostgres({ dataDir, log: silentLog });
    const row = progressOf(person, newId(), course);
    await next.push(person, "progress", [{ newDocumentState: row }]);
    const made = await modulesUntil(course, BigInt(seen?.xid ?? 0), next);
    await device.pull();
    expect(device.restarts).toBe(1);
    expect(device.ids("modules")).toEqual(expect.arrayContaining(made));
  } finally {
    await living.close();
    door.close();
    database = openDatabase(postgres.url);
  }
});

it("E3 ordinary restarts cost a device nothing", async () => {
  await start();
  const [course, person] = [await school.course(), await school.person()];
  await school.enrol(course, person, "student");
  await school.module(course, "published");
  const device = new TestDevice(school, person);
  await device.pull();
  for (let count = 0; count < 3; count += 1) {
    await stop();
    await start();
    device.school = school;
    expect(await device.pull()).toEqual([]);
  }
});
