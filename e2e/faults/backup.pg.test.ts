import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { listBackups } from "@mochila/sync-server/backup/backup-folder.ts";
import { readTables } from "@mochila/sync-server/backup/catalog.ts";
import { rowsOf } from "@mochila/sync-server/backup/manifest.ts";
import { connectPostgres } from "@mochila/sync-server/stores.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { programArguments } from "@mochila/sync-server/test-program.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, projectRoot, School } from "../browser/school.ts";
import { typeWords, WorkingClient } from "./working-client.ts";

// The real program and the real commands, as an administrator calls them.

const NO_CLICKHOUSE = "http://127.0.0.1:9/none";
/** After how long each try is killed with signal 9: starting, reading, writing. */
const KILLED_AFTER_MS = process.env["TEST_LONG"] ? [300, 500, 700, 900, 1_100, 1_300, 1_500, 2_000] : [700, 1_100];
const WRITES_MIN = 10;

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let school: School;
let folder: string;
let clients: WorkingClient[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mochila-backups-"));
  school = await School.open({ CLICKHOUSE_URL: NO_CLICKHOUSE });
});
afterAll(async () => {
  await school.close();
  await rm(folder, { recursive: true });
});

const backUp = (of: School = school, ...options: string[]) => of.command("backup", "--to", folder, ...options);

async function begun(of: School, ...args: string[]): Promise<ChildProcess> {
  const environment = { ...process.env, DATA_DIR: of.dataDir, CLICKHOUSE_URL: NO_CLICKHOUSE };
  return spawn(process.execPath, [...(await programArguments("cli")), ...args], { cwd: projectRoot, env: environment, stdio: "ignore" });
}

/** How many rows each table has, and what they hash to, whatever order they lie in. */
async function contentsOf({ dataDir }: School, inner = "public"): Promise<Record<string, string>> {
  const postgres = await connectPostgres({ dataDir, databaseUrl: null }, { log: silentLog, exclusive: false });
  const database = postgres.open(inner);
  const contents: Record<string, string> = {};
  for (const { name, columns } of await readTables(database.sql)) {
    const [row] = await database.sql<{ text: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(md5(line::text), '' order by md5(line::text))), '') as text from (select ${database.sql(columns as string[])} from ${database.sql(name)}) as line`;
    contents[name] = row?.text ?? "";
  }
  await database.close();
  await postgres.stop();
  return contents;
}

/** What a restore writes itself. */
const WRITTEN_BY_RESTORE = ["session", "activity_recount", "audit_entry", "audit_link", "audit_waiting", "backup_run", "server_secret"];
const without = (contents: Record<string, string>, names: readonly string[]) => Object.fromEntries(Object.entries(contents).filter(([name]) => !names.includes(name)));

test("BK1 BK2 a backup under writes holds everything that was acknowledged before it, and of each later write all or nothing", async () => {
  const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
  const item = [...(await ana.pullAll("items")).values()].find(({ kind }) => kind === "page");
  const courseId = String(item?.["courseId"]);
  clients = await Promise.all((["sofia", "ben", "mei"] as const).map(async (name) => new WorkingClient(await PersonOverHttp.signIn(school.url, emailOf(name)), school.url, courseId)));
  const writer = new WorkingClient(ana, school.url, courseId);
  let working = true;
  const goesOn = () => working;
  const work = [...clients.map((client) => client.work(goesOn)), typeWords({ client: writer, room: pageRoom(String(item?.id), "en"), url: school.url, name: "word" }, goesOn)];
  await vi.waitFor(() => expect(Math.min(...clients.map(({ acknowledged }) => acknowledged.writes.length))).toBeGreaterThan(WRITES_MIN), { timeout: 60_000 });
  const before = clients.map(({ acknowledged }) => ({ writes: [...acknowledged.writes], events: [...acknowledged.events] }));
  const words = writer.acknowledged.words.length;
  await backUp();
  working = false;
  await Promise.all(work);
  expect(clients.flatMap(({ surprises }) => surprises)).toEqual([]);

  const copy = await School.prepare({ CLICKHOUSE_URL: NO_CLICKHOUSE });
  expect(await copy.command("restore", folder)).toMatch(/^restored: \d+ tables, \d+ rows, as of /m);
  const [backup] = await listBackups(folder);
  const contents = await contentsOf(copy);
  for (const { name, part } of backup?.manifest.tables ?? []) if (!WRITTEN_BY_RESTORE.includes(name)) expect([name, contents[name]?.split(" ")[0]]).toEqual([name, String(part.rows)]);
  const postgres = await connectPostgres({ dataDir: copy.dataDir, databaseUrl: null }, { log: silentLog, exclusive: false });
  const { sql } = postgres.database;
  for (const { writes, events } of before) {
    const held = await sql<{ rev: string }[]>`select rev::text as rev from applied_rev where rev = any(${writes.map(({ rev }) => rev)}::uuid[])`;
    expect(held.length).toBe(writes.length);
    const counted = await sql`select 1 from event_raw where event_id = any(${events}::uuid[])`;
    expect(counted.length).toBe(events.length);
  }
  // Each revision that is known has its document, and each document its entry in the feed: nothing is half there.
  expect(await sql`select 1 from applied_rev as known where not exists (select 1 from doc_drafts where id = known.document) and exists (select 1 from person where id = known.user_id and system_role = 'student')`).toEqual([]);
  expect(await sql`select 1 from doc_drafts as draft where not exists (select 1 from scope_doc where doc_id = draft.id)`).toEqual([]);
  await postgres.stop();

  // The school of the backup opens, and its room holds what was typed.
  await copy.start();
  const again = await PersonOverHttp.signIn(copy.url, emailOf("sofia"));
  const notes = await again.pullAll("drafts");
  const own = new Set((before[0]?.writes ?? []).map(({ id }) => id));
  expect([...own].filter((id) => !notes.has(id))).toEqual([]);
  console.log(`backup of ${String(backup && rowsOf(backup.manifest))} rows; acknowledged before it: ${before.map(({ writes }) => writes.length).join(", ")} writes, ${words} words typed`);
  await copy.close();
});

test("BK3 a school at rest and its restored backup are the same, table by table", async () => {
  await school.stop();
  const before = await contentsOf(school);
  await backUp(school, "--keep", "1");
  expect(await listBackups(folder)).toHaveLength(1);
  const copy = await School.prepare({ CLICKHOUSE_URL: NO_CLICKHOUSE });
  await copy.command("restore", folder);
  expect(without(await contentsOf(copy), WRITTEN_BY_RESTORE)).toEqual(without(before, WRITTEN_BY_RESTORE));
  const files = async ({ dataDir }: School) => (await readdir(join(dataDir, "blobs", "sha256"), { recursive: true })).filter((name) => name.length > 60).sort();
  expect(await files(copy)).toEqual(await files(school));
  // Its own backup goes to the same folder: it is the same school.
  await backUp(copy, "--keep", "1");
  await school.start();
  await copy.close();
});

test("BK4 killed with signal 9 at any moment a backup leaves no half one, and the next one is made", async () => {
  const kept = (await listBackups(folder)).map(({ path }) => path);
  for (const milliseconds of KILLED_AFTER_MS) {
    const child = await begun(school, "backup", "--to", folder);
    const ended = once(child, "exit");
    await pause(milliseconds);
    child.kill("SIGKILL");
    await ended;
    for (const { path } of await listBackups(folder)) if (!kept.includes(path)) expect((await readdir(path)).includes("files.gz")).toBe(true);
  }
  await backUp(school, "--keep", "1");
  const [only] = await listBackups(folder);
  expect(await readdir(folder)).toEqual(["files", String(only?.path.split("/").at(-1))].sort());
});

test("BK5 killed with signal 9 at any moment a restore leaves the school that was or the one that was restored, whole", async () => {
  await school.stop();
  const old = await contentsOf(school);
  for (const milliseconds of KILLED_AFTER_MS.map((ms) => ms * 2)) {
    const child = await begun(school, "restore", folder, "--replace");
    const ended = once(child, "exit");
    await pause(milliseconds);
    child.kill("SIGKILL");
    await ended;
    const now = await contentsOf(school);
    expect(without(now, WRITTEN_BY_RESTORE)).toEqual(without(old, WRITTEN_BY_RESTORE));
  }
  const printed = await school.command("restore", folder, "--replace");
  const aside = /kept in the schema (before_\d+);/.exec(printed)?.[1] ?? "";
  expect(without(await contentsOf(school, aside), WRITTEN_BY_RESTORE)).toEqual(without(old, WRITTEN_BY_RESTORE));
  await school.start();
  await PersonOverHttp.signIn(school.url, emailOf("sofia"));
});

/** One bit of it falls over, in the middle. */
async function rot(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8((bytes.at(middle) ?? 0) ^ 1, middle);
  await writeFile(path, bytes);
}

test("BK8 a rotten file and a newer backup that cannot be read do not stop a restore: it names them, and ends with exit status 1", async () => {
  await backUp();
  await backUp();
  const own = await mkdtemp(join(tmpdir(), "mochila-rotten-"));
  await cp(folder, own, { recursive: true });
  const [newest, older] = await listBackups(own);
  const files = (await readdir(join(own, "files", "sha256"), { recursive: true })).filter((name) => name.length > 60);
  const [rotten = "", gone = ""] = files;
  await rot(join(own, "files", "sha256", rotten));
  await rm(join(own, "files", "sha256", gone));
  await rot(join(String(newest?.path), "closed_person.copy.gz"));
  const unreadable = join(own, "mochila-2099-01-01T00-00-00-000Z");
  await cp(String(newest?.path), unreadable, { recursive: true });
  await writeFile(join(unreadable, "manifest.json"), "{");

  const copy = await School.prepare({ CLICKHOUSE_URL: NO_CLICKHOUSE });
  const said: unknown = await copy.command("restore", String(older?.path)).then(() => "no fault", (error: Error) => error.message);
  expect(said).toContain("exit 1");
  expect(said).toMatch(/^restored: \d+ tables/m);
  for (const name of [rotten, gone]) expect(said).toContain(`\n  ${name.slice(-64)}\n`);
  expect(said).toContain(`- 2 files of it are missing or damaged in ${join(own, "files")}`);
  for (const path of [String(newest?.path), unreadable]) expect(said).toContain(`- ${path} is damaged or of a newer Mochila`);
  const restored = (await readdir(join(copy.dataDir, "blobs", "sha256"), { recursive: true })).filter((name) => name.length > 60);
  expect(restored.toSorted()).toEqual(files.slice(2).toSorted());
  await copy.start();
  await PersonOverHttp.signIn(copy.url, emailOf("sofia"));
  await Promise.all([copy.close(), rm(own, { recursive: true })]);
});

test("BK6 refuses a school with people, one that runs, and a backup that is damaged or not whole; nothing is changed", async () => {
  await expect(school.command("restore", folder, "--replace")).rejects.toThrow("Another Mochila already runs");
  await school.stop();
  await expect(school.command("restore", folder)).rejects.toThrow("There is a school with people here already.");
  const [backup] = await listBackups(folder);
  const part = join(String(backup?.path), "doc_items.copy.gz");
  const bytes = await readFile(part);
  await rot(part);
  await expect(school.command("restore", folder, "--replace")).rejects.toThrow(/The backup is damaged: .*doc_items\.copy\.gz is not what was written\. Nothing was changed\./);
  await rm(part);
  await expect(school.command("restore", folder, "--replace")).rejects.toThrow("The backup is not whole: doc_items.copy.gz is missing");
  await writeFile(part, bytes);
  await rm(join(folder, "files"), { recursive: true });
  await expect(school.command("restore", folder, "--replace")).rejects.toThrow(/The backup is not whole: the folder .*files with the school's files is missing\. .*Nothing was changed\./);
  await expect(school.command("restore", join(folder, "nowhere"))).rejects.toThrow("There is no backup in");
  await school.start();
});
