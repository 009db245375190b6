import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { readRoom, toDocument } from "@mochila/sync-server/collab/store.ts";
import { isPostgresProcess, readPostmaster } from "@mochila/sync-server/db/cluster.ts";
import { openPostgres } from "@mochila/sync-server/stores.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { median } from "../load/figure.ts";
import { seeded } from "../simulation/seeded.ts";
import { typeWords, WorkingClient } from "./working-client.ts";

const long = Boolean(process.env["TEST_LONG"]);
/** Each round has its own sign-ins: an access token lives ten minutes. */
const ROUNDS = long ? 10 : 1;
const KILLS_PER_ROUND = 20;
const ALIVE_MS = { min: 150, max: 900 };
const SERVING_MS_MAX = 5_000;
/** The same on a machine that others use at that moment: starting Node with our sources is two seconds of one core. */
const SERVING_MS_BUSY_MAX = 15_000;
/** Whether the database is there or not, a question about it is answered. */
const ANSWER_MS_MAX = 20_000;
const NO_CLICKHOUSE = "http://127.0.0.1:9/none";

vi.setConfig({ testTimeout: ROUNDS * 150_000, hookTimeout: 120_000 });

/** The server; the postmaster, whose children notice; all of PostgreSQL at once; one of its backends, after which it starts itself anew. */
type Victim = "server" | "postmaster" | "postgres" | "backend";
const VICTIMS: readonly Victim[] = ["server", "postmaster", "postgres", "backend"];

const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "")).split(" ").filter(Boolean).map(Number);
const kill9 = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
};

describe(`${ROUNDS * KILLS_PER_ROUND} times signal 9 to the server and to PostgreSQL while eight devices work`, () => {
  let school: School;
  let courseId: string;
  let room: string;
  /** Lines of the server's log that tell of an error that nobody foresaw. */
  const unforeseen: string[] = [];

  beforeAll(async () => {
    school = await School.open({ CLICKHOUSE_URL: NO_CLICKHOUSE });
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const item = [...(await ana.pullAll("items")).values()].find(({ kind }) => kind === "page");
    courseId = String(item?.["courseId"]);
    room = pageRoom(String(item?.id), "en");
  });
  afterAll(() => school.close());

  const noteLog = () => unforeseen.push(...school.printed.filter((line) => /request_failed|unhandled_rejection/.test(line)));
  const postmaster = () => readPostmaster(join(school.dataDir, "postgres"));

  async function strike(victim: Victim, chance: number): Promise<void> {
    if (victim === "server") {
      noteLog();
      await school.kill();
      await school.start();
      return;
    }
    const pid = (await postmaster())?.pid ?? 0;
    const children = await childrenOf(pid);
    if (victim === "backend") kill9(children[Math.floor(chance * children.length)] ?? 0);
    else {
      kill9(pid);
      if (victim === "postgres") children.forEach(kill9);
      while (await isPostgresProcess(pid)) await pause(5);
    }
  }

  /** Milliseconds until a request that needs the database is answered. Every answer before says when to come again. */
  async function untilServing({ token }: PersonOverHttp, since: number): Promise<number> {
    for (;;) {
      const answer = await fetch(`${school.url}/api/me`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch((error: unknown) => {
        if ((error as Error).name === "TimeoutError") throw error;
        return null;
      });
      if (answer?.ok) return performance.now() - since;
      if (answer) expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([503, true]);
      await pause(20);
    }
  }

  async function round(number: number): Promise<{ clients: WorkingClient[]; servingMs: Record<Victim, number[]> }> {
    const random = seeded(number + 1);
    const people = await Promise.all((["ana", "luis", "sofia", "ben", "mei", "ana", "sofia", "ben"] as const).map((name) => PersonOverHttp.signIn(school.url, emailOf(name))));
    const clients = people.map((person) => new WorkingClient(person, school.url, courseId));
    const [ana, luis] = clients;
    if (!ana || !luis) throw new Error("unreachable");
    const work = { ends: false };
    const goesOn = () => !work.ends;
    const typing = [ana, luis].map((client, index) => typeWords({ client, room, url: school.url, name: `${"al"[index]}${number}x` }, goesOn));
    const working = Promise.all([...clients.map((client) => client.work(goesOn)), ...typing]);
    const servingMs: Record<Victim, number[]> = { server: [], postmaster: [], postgres: [], backend: [] };
    const killing = async () => {
      for (let kill = 0; kill < KILLS_PER_ROUND; kill += 1) {
        await pause(ALIVE_MS.min + random.fraction() * (ALIVE_MS.max - ALIVE_MS.min));
        const victim = VICTIMS[kill % VICTIMS.length] ?? "server";
        const since = performance.now();
        await strike(victim, random.fraction());
        servingMs[victim].push(await untilServing(ana.person, since));
      }
      work.ends = true;
    };
    // A channel that gives up is heard at once.
    await Promise.race([killing(), working.then(() => undefined)]).finally(() => (work.ends = true));
    await working;
    return { clients, servingMs };
  }

  test("D-07 D-08 no acknowledged write, event or word is lost, none is doubled, devices and server agree, and it serves again within 5 s", async () => {
    for (let number = 0; number < ROUNDS; number += 1) {
      const { clients, servingMs } = await round(number);
      noteLog();
      const figures = VICTIMS.map((victim) => `${victim} ${servingMs[victim].map((ms) => ms.toFixed(0)).join(" ")}`).join("; ");
      const sum = (count: (client: WorkingClient) => number) => clients.reduce((total, client) => total + count(client), 0);
      console.log(`acknowledged: ${sum(({ acknowledged }) => acknowledged.writes.length)} writes, ${sum(({ acknowledged }) => acknowledged.events.length)} events, ${sum(({ acknowledged }) => acknowledged.words.length)} words; ms until serving: ${figures}`);
      expect(sum(({ acknowledged }) => acknowledged.writes.length)).toBeGreaterThan(80);
      expect(sum(({ acknowledged }) => acknowledged.events.length)).toBeGreaterThan(200);
      expect(sum(({ acknowledged }) => acknowledged.words.length)).toBeGreaterThan(50);
      await checkNothingLost(clients);
      for (const client of clients) {
        await client.read();
        expect(client.surprises).toEqual([]);
        expect(new Set(client.channels.contacts)).toEqual(new Set(["unreachable"]));
        const there = [...(await client.person.pullAll("drafts")).values()].map(({ id, rev }) => [id, rev] as const);
        expect(client.held).toEqual(new Map(there));
        client.channels.end();
      }
      expect(unforeseen).toEqual([]);
      expect(median(Object.values(servingMs).flat())).toBeLessThan(SERVING_MS_MAX);
      expect(Math.max(...Object.values(servingMs).flat())).toBeLessThan(SERVING_MS_BUSY_MAX);
    }
  });

  async function checkNothingLost(clients: readonly WorkingClient[]): Promise<void> {
    const postgres = await openPostgres({ databaseUrl: null, dataDir: school.dataDir }, { log: silentLog, exclusive: false });
    const { sql } = postgres.database;
    const keys = await sql<{ key: string }[]>`select id::text || rev::text as key from doc_drafts union select document::text || rev::text from applied_rev`;
    const known = new Set(keys.map(({ key }) => key));
    const stored = await sql<{ id: string }[]>`select event_id::text as id from event_raw`;
    const counted = new Map<string, number>();
    for (const { id } of stored) counted.set(id, (counted.get(id) ?? 0) + 1);
    const text = toDocument(await readRoom(sql, room)).getText("probe").toJSON();
    const words = new Map<string, number>();
    for (const word of text.split(" ")) words.set(word, (words.get(word) ?? 0) + 1);
    await postgres.stop();
    for (const { acknowledged, recorded } of clients) {
      expect(acknowledged.writes.filter(({ id, rev }) => !known.has(id + rev))).toEqual([]);
      expect(acknowledged.events.filter((id) => counted.get(id) !== 1)).toEqual([]);
      expect(recorded.filter((id) => (counted.get(id) ?? 0) > 1)).toEqual([]);
      expect(acknowledged.words.filter((word) => words.get(word) !== 1)).toEqual([]);
    }
  }
});
