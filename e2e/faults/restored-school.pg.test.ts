import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { Device } from "@mochila/sync-server/collab/test-rooms.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { connectPostgres } from "@mochila/sync-server/stores.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PersonOverHttp, type PulledDocument } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { RemoteDevice } from "./remote-device.ts";
import type { OwnWork } from "./whole-device.ts";

// D-21 with the real program, the real commands and what the app runs on a device: people work for an "hour" after the backup.

const long = Boolean(process.env["TEST_LONG"]);
/** Things that each device does after the backup: what a busy person does in an hour, and in a busy week. */
const DEEDS = long ? 600 : 40;
const DEEDS_BEFORE = 12;
const SHARE_MIN = 0.99;
const NO_CLICKHOUSE = "http://127.0.0.1:9/none";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let school: School;
let folder: string;
let students: RemoteDevice[] = [];
let teachers: RemoteDevice[] = [];
let items: string[];
let room: string;
const everybody = () => [...students, ...teachers];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mochila-backups-"));
  school = await School.open({ CLICKHOUSE_URL: NO_CLICKHOUSE });
  const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
  const pages = [...(await ana.pullAll("items")).values()].filter(({ kind }) => kind === "page");
  const courseId = String(pages[0]?.["courseId"]);
  items = pages.filter((page) => page["courseId"] === courseId).map(({ id }) => id);
  room = pageRoom(String(pages[0]?.id), "en");
  const open = (name: Parameters<typeof emailOf>[0]) => RemoteDevice.open(emailOf(name), school.url, courseId);
  students = await Promise.all((["sofia", "ben", "mei"] as const).map(open));
  teachers = [await open("ana")];
});
afterAll(async () => {
  for (const device of everybody()) await device.close();
  await school.close();
  await rm(folder, { recursive: true });
});

const work = (times: number) => Promise.all([...students.map((device) => device.ask("act", times, items)), ...teachers.map((device) => device.ask("act", times, []))]);

/** The person looks at the app until everything was taken. */
const allSent = () =>
  vi.waitFor(
    async () => {
      await Promise.all(everybody().map((device) => device.ask("wake")));
      expect(await Promise.all(everybody().map((device) => device.ask("unsent")))).toEqual(everybody().map(() => 0));
    },
    { timeout: 60_000, interval: 500 },
  );

interface Share {
  readonly done: number;
  readonly back: number;
  readonly thrownAway: number;
  readonly returned: number;
}

/** What of a device's own work the school holds, and what was thrown away and lives. */
async function shareOf(device: RemoteDevice): Promise<Share> {
  const person = await PersonOverHttp.signIn(school.url, device.email);
  const [heldNotes, heldProgress, heldModules] = await Promise.all(["drafts", "progress", "modules"].map((collection) => person.pullAll(collection)));
  return judge(await device.ask("work"), { heldNotes, heldProgress, heldModules });
}

type Held = ReadonlyMap<string, PulledDocument> | undefined;

function judge({ notes, titles, done, trashed }: OwnWork, { heldNotes, heldProgress, heldModules }: Record<"heldNotes" | "heldProgress" | "heldModules", Held>): Share {
  const found: boolean[] = [];
  for (const [id, lines] of Object.entries(notes)) {
    const held = ((heldNotes?.get(id)?.["body"] ?? "") as string).split("\n");
    for (const line of lines) found.push(held.filter((one) => one === line).length === 1);
  }
  for (const id of done) found.push((heldProgress?.get(id)?.["done"] as { value?: boolean } | undefined)?.value === true);
  for (const [id, title] of Object.entries(titles)) found.push((heldModules?.get(id)?.["title"] as { en?: string } | undefined)?.en === title);
  const returned = trashed.filter((id) => heldModules?.get(id)?.["state"] !== "trashed");
  return { done: found.length, back: found.filter(Boolean).length, thrownAway: trashed.length, returned: returned.length };
}

async function allShares(): Promise<Share> {
  const each = await Promise.all(everybody().map(shareOf));
  const sum = (name: keyof Share) => each.reduce((all, share) => all + share[name], 0);
  return { done: sum("done"), back: sum("back"), thrownAway: sum("thrownAway"), returned: sum("returned") };
}

test("D-21 BK7 after the restore of a backup devices bring back at least 99 % of their own work, texts of rooms too; nothing thrown away returns, and nothing is there twice", async () => {
  const ticket = async () => {
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    return (await (await ana.call("/api/collab/ticket", { room })).json()) as { ticket: string; write: boolean };
  };
  const nobody = { userId: "", sessionId: "" };
  const editor = new Device({ room, ticket }, nobody, { port: school.port });
  const type = (word: string) => editor.text.insert(editor.text.length, `${word} `);
  const durable = () => vi.waitFor(() => expect(editor.settled).toBe(true), { timeout: 30_000 });

  await editor.connect();
  await work(DEEDS_BEFORE);
  type("before");
  await durable();
  await allSent();
  await school.command("backup", "--to", folder);

  await work(DEEDS);
  for (let word = 0; word < DEEDS; word += 1) type(`word${word}`);
  await durable();
  await allSent();
  const before = await allShares();
  expect([before.back, before.returned]).toEqual([before.done, 0]);
  expect(before.thrownAway).toBeGreaterThan(0);

  editor.disconnect();
  await school.stop();
  await school.command("restore", folder, "--replace");
  await school.start();
  const began = performance.now();
  // Somebody opens a page: the first event that the school does not expect tells the device that those before it are lost.
  await work(1);
  await allSent();
  const milliseconds = Math.round(performance.now() - began);
  await editor.connect();
  await durable();
  const reader = new Device({ room, ticket }, nobody, { port: school.port });
  await reader.connect();
  await vi.waitFor(() => expect(reader.provider.synced).toBe(true));

  const back = await allShares();
  const words = reader.text.toString().trim().split(" ");
  const share = back.back / back.done;
  console.log(`D-21: ${back.done} pieces of own work of ${everybody().length} devices, ${(100 * share).toFixed(2)} % of them back after ${milliseconds} ms; ${words.length} words typed together; ${back.thrownAway} thrown away, ${back.returned} returned`);
  expect(share).toBeGreaterThanOrEqual(SHARE_MIN);
  expect(back.returned).toBe(0);
  expect([words.length, new Set(words).size]).toEqual([DEEDS + 1, DEEDS + 1]);
  expect(await Promise.all(everybody().map((device) => device.ask("attention")))).toEqual(everybody().map(() => 0));

  const recorded = (await Promise.all(everybody().map((device) => device.ask("recorded")))).flat();
  const postgres = await connectPostgres({ dataDir: school.dataDir, databaseUrl: null }, { log: silentLog, exclusive: false });
  const [events] = await postgres.database.sql<{ rows: number; ids: number }[]>`select count(*)::int as rows, count(distinct event_id)::int as ids from event_raw where event_id = any(${recorded}::uuid[])`;
  await postgres.stop();
  expect(events).toEqual({ rows: recorded.length, ids: recorded.length });
  expect(recorded.length).toBe(everybody().length * (DEEDS_BEFORE + DEEDS + 1));
  for (const device of [editor, reader]) device.destroy();
});
