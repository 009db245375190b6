import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLog } from "../log.ts";
import { isPostgresProcess, readPostmaster } from "./cluster.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { openDatabase } from "./pool.ts";

// Each starts several processes; a busy machine needs seconds for each.
vi.setConfig({ testTimeout: 90_000 });

let dataDir: string;
let holders: ChildProcess[];

beforeEach(async () => {
  // As `mktemp -d` and a home of root are: nobody else may enter.
  dataDir = await mkdtemp(join(tmpdir(), "mochila-embedded-"));
  await chmod(dataDir, 0o700);
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) holder.kill("SIGKILL");
  const found = await readPostmaster(join(dataDir, "postgres"));
  if (found && (await isPostgresProcess(found.pid))) process.kill(found.pid, "SIGQUIT");
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A process that holds the cluster; resolves with what it says. */
async function hold(role: "server" | "tool"): Promise<{ holder: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, "embedded-holder.ts");
  const holder = spawn(process.execPath, ["--import", "tsx", script, dataDir, role], { stdio: ["pipe", "pipe", "inherit"] });
  holders.push(holder);
  const [said] = (await once(createInterface({ input: holder.stdout }), "line")) as [string];
  return { holder, said };
}

async function end(holder: ChildProcess): Promise<void> {
  const ended = once(holder, "exit");
  holder.stdin?.end();
  await ended;
}

const postmaster = () => readPostmaster(join(dataDir, "postgres"));
const urlOf = (said: string): string => said.slice("held ".length);

test("a kill -9 of the server leaves PostgreSQL alone, the next start adopts it and its end stops it", async () => {
  const first = await hold("server");
  const database = openDatabase(urlOf(first.said));
  await database.sql`create table kept (number int)`;
  await database.sql`insert into kept values (1)`;
  const before = await postmaster();
  first.holder.kill("SIGKILL");
  await once(first.holder, "exit");
  const second = await hold("server");
  expect((await postmaster())?.pid).toBe(before?.pid);
  expect(urlOf(second.said)).toBe(urlOf(first.said));
  expect(await database.sql`select number from kept`.values()).toEqual([[1]]);
  await database.close();
  await end(second.holder);
  expect(await postmaster()).toBeNull();
  expect(await isPostgresProcess(before?.pid ?? 0)).toBe(false);
});

test("the command line shares the cluster of a running server and does not stop it", async () => {
  const server = await hold("server");
  const tool = await hold("tool");
  expect(tool.said).toBe(server.said);
  await end(tool.holder);
  const database = openDatabase(urlOf(server.said));
  expect(await database.sql`select 1 as one`).toHaveLength(1);
  await database.close();
  await end(server.holder);
  expect(await postmaster()).toBeNull();
});

test("a command line that outlives the server keeps the cluster until it ends itself", async () => {
  const server = await hold("server");
  const tool = await hold("tool");
  await end(server.holder);
  expect(await postmaster()).not.toBeNull();
  await end(tool.holder);
  expect(await postmaster()).toBeNull();
});

test("a second server on the same folder is refused with one sentence, and harms nothing", async () => {
  const first = await hold("server");
  const second = await hold("server");
  expect(second.said).toBe(`refused Another Mochila already runs on the data folder ${dataDir}; stop it first, or set DATA_DIR to another folder.`);
  const database = openDatabase(urlOf(first.said));
  expect(await database.sql`select 1 as one`).toHaveLength(1);
  await database.close();
});

test("four that start at once on an empty folder make one cluster", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => hold("tool")));
  expect(new Set(all.map(({ said }) => said)).size).toBe(1);
  await Promise.all(all.map(({ holder }) => end(holder)));
  expect(await postmaster()).toBeNull();
});

test("a PostgreSQL that dies comes back at the same address with everything committed (D-08)", async () => {
  const held = await startEmbeddedPostgres({ dataDir, log: silentLog });
  expect(held.socket).toContain(dataDir);
  const database = openDatabase(held.url, held);
  const [over] = await database.sql<{ address: string | null }[]>`select inet_server_addr()::text as address`;
  expect(over?.address).toBeNull();
  await database.sql`create table kept (number int)`;
  await database.sql`insert into kept values (1)`;
  const before = await postmaster();
  process.kill(before?.pid ?? 0, "SIGKILL");
  // A backend that has not noticed yet may answer once more: wait for the new postmaster, then for the pool to find it.
  const start = performance.now();
  const inTime = () => performance.now() - start < 10_000;
  const isBack = async () => {
    const found = await postmaster();
    return found?.ready === true && found.pid !== before?.pid;
  };
  while (inTime() && !(await isBack())) await pause(20);
  let values: unknown = null;
  while (inTime() && values === null) values = await database.sql`select number from kept`.values().catch(() => pause(20, null));
  expect(values).toEqual([[1]]);
  await database.close();
  await held.stop();
});

test("a folder that can hold no sockets is served over TCP", async () => {
  const held = await startEmbeddedPostgres({ dataDir, log: silentLog });
  const before = await postmaster();
  // What stands in the way of the next one.
  await rm(held.socket ?? "");
  await mkdir(join(dataDir, "postgres", `.s.PGSQL.${before?.port}`, "in the way"), { recursive: true });
  process.kill(before?.pid ?? 0, "SIGKILL");
  await expect.poll(async () => ((await postmaster())?.pid ?? before?.pid) !== before?.pid && (await postmaster())?.ready, { timeout: 20_000 }).toBe(true);
  expect(held.socket).toBeUndefined();
  const database = openDatabase(held.url, held);
  await expect.poll(() => database.sql`select 1 as one`.then(([row]) => row?.["one"] as number, () => null), { timeout: 10_000 }).toBe(1);
  await database.close();
  await held.stop();
});

test("the application's role is no superuser, and the password is for this account only", async () => {
  const held = await startEmbeddedPostgres({ dataDir, log: silentLog });
  const database = openDatabase(held.url);
  const [role] = await database.sql`select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user`;
  expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolbypassrls: false });
  const wrong = openDatabase(held.url.replace(/:[^:@]+@/, ":wrong@"));
  await expect(wrong.sql`select 1`).rejects.toMatchObject({ code: "28P01" });
  expect((await readFile(join(dataDir, "postgres.password"), "utf8")).trim()).toHaveLength(32);
  await Promise.all([database.close(), wrong.close()]);
  await held.stop();
});
