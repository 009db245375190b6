import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { personScope } from "@mochila/shared/access/scope.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@mochila/sync-server/db/embedded.ts";
import { openDatabase } from "@mochila/sync-server/db/pool.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, projectRoot, School } from "../browser/school.ts";
import { inPushes, makeBareTables, pushBare } from "./bare-push.ts";
import { syncInBrowser } from "./browser-sync.ts";
import { type DraftDocument, makeDrafts } from "./drafts.ts";
import { byTurns, type Figure, median, printFigures } from "./figure.ts";
import { holdToOneCore } from "./one-core.ts";
import { pullDrafts, pushBodies, pushBody } from "./sync-client.ts";
import { openUnchangedPulls } from "./unchanged-pull.ts";

const DOCUMENTS = 10_000;
const ROUNDS = { warmUp: 1, counted: 5 };
/** Enough that the one core of the server never waits for the database or for us. */
const AT_ONCE = 4;
const PULL_AIM = 0.5;
const PUSH_AIM = 0.3;
/** RxDB's own server 15.22 on memory storage, on one core of another machine; it stores nothing durably. Documents a second. */
const RXDB = { pull: 28_000, push: 15_000 };
const UNCHANGED_AIM = 1.2;
const UNCHANGED_MS_MAX = 2;
const BROWSER_DOCUMENTS = 5_000;
const BROWSER_SYNCS = 5;
const BLOCKED_MS_MAX = 200;
const BARE_PUTS_MAX = 5;

/** A person who keeps their own drafts in a course that they are in. */
interface Writer {
  readonly person: PersonOverHttp;
  readonly courseId: string;
  readonly email: string;
}

async function signInWriter(url: string, name: Parameters<typeof emailOf>[0]): Promise<Writer> {
  const person = await PersonOverHttp.signIn(url, emailOf(name));
  const [courseId] = (await person.pullAll("courses")).keys();
  if (courseId === undefined) throw new Error(`${name} is in no course`);
  return { person, courseId, email: emailOf(name) };
}

const draftsOf = ({ person: { userId }, courseId }: Writer, count = DOCUMENTS): DraftDocument[] => makeDrafts(count, { userId, courseId });

/** Works through a list with `AT_ONCE` hands. */
async function together<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of left) await work(item);
  }));
}

/** Documents a second. */
async function rate(documents: number, work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (documents * 1_000) / (performance.now() - before);
}

async function pushes(school: School, writer: Writer, embedded: EmbeddedPostgres): Promise<{ ours: number; bare: number }> {
  const database = openDatabase(embedded.url, embedded);
  await makeBareTables(database);
  const measured = await byTurns(ROUNDS, {
    ours: () => {
      const bodies = pushBodies(draftsOf(writer));
      return rate(DOCUMENTS, () => together(bodies, (body) => pushBody(school.url, writer.person, body)));
    },
    bare: () => {
      const parts = inPushes(draftsOf(writer));
      return rate(DOCUMENTS, () => together(parts, (part) => pushBare(database, part)));
    },
  });
  await database.close();
  return measured;
}

async function pulls(school: School, writers: readonly Writer[], { url, socket = "" }: EmbeddedPostgres): Promise<{ ours: number; bare: number }> {
  for (const writer of writers) for (const body of pushBodies(draftsOf(writer))) await pushBody(school.url, writer.person, body);
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "bare-pull-process.ts"), url, socket], { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  holdToOneCore(child.pid ?? 0);
  const bare = ({ person: { userId } }: Writer) => fetch(`http://127.0.0.1:${port}/${encodeURIComponent(personScope(userId))}`).then((answer) => answer.arrayBuffer());
  const [first] = writers;
  if (first) console.log(`a pull of ${DOCUMENTS} documents: ${await pullDrafts(school.url, first.person)} bytes, bare ${(await bare(first)).byteLength}`);
  const measured = await byTurns(ROUNDS, {
    ours: () => rate(DOCUMENTS * writers.length, () => Promise.all(writers.map(({ person }) => pullDrafts(school.url, person)))),
    bare: () => rate(DOCUMENTS * writers.length, () => Promise.all(writers.map(bare))),
  });
  child.kill();
  return measured;
}

async function unchanged(): Promise<Figure[]> {
  const [few, many] = [await openUnchangedPulls(1_000), await openUnchangedPulls(1_000_000)];
  const measured = await byTurns(ROUNDS, { "with 1,000 documents": () => few.measure(), "with 1,000,000 documents": () => many.measure() });
  await few.drop();
  await many.drop();
  const [ofFew, ofMany] = [measured["with 1,000 documents"], measured["with 1,000,000 documents"]];
  return [
    { name: "pull with nothing new, 30 scopes, 1,000,000 documents: database time beside 1,000 documents", value: ofMany, unit: "ms", limit: ofFew * UNCHANGED_AIM },
    { name: "pull with nothing new, 30 scopes, 1,000,000 documents: database time", value: ofMany, unit: "ms", limit: UNCHANGED_MS_MAX },
  ];
}

async function inBrowser(school: School, writer: Writer): Promise<Figure[]> {
  for (const body of pushBodies(draftsOf(writer, BROWSER_DOCUMENTS))) await pushBody(school.url, writer.person, body);
  const syncs = [];
  for (let sync = 0; sync < BROWSER_SYNCS; sync += 1) syncs.push(await syncInBrowser(school.url, { email: writer.email, userId: writer.person.userId, count: BROWSER_DOCUMENTS }));
  for (const { ms, blockedMs, bareMs } of syncs) console.log(`first sync in Chromium ${ms.toFixed(0)} ms, blocked ${blockedMs.toFixed(0)} ms at most, bare bulkPut ${bareMs.toFixed(0)} ms`);
  return [
    { name: "first sync of 5,000 documents in Chromium: longest block", value: Math.max(...syncs.map(({ blockedMs }) => blockedMs)), unit: "ms", limit: BLOCKED_MS_MAX },
    { name: "first sync of 5,000 documents in Chromium", value: median(syncs.map(({ ms }) => ms)), unit: "ms", limit: BARE_PUTS_MAX * median(syncs.map(({ bareMs }) => bareMs)) },
  ];
}

/** `npm run bench -- sync browser`: one part only; all of them without a name. */
const PARTS = ["browser", "server", "unchanged"] as const;
const [only] = process.argv.slice(2);
if (only !== undefined && !PARTS.some((part) => part === only)) {
  console.error(`There is no part "${only}". There are: ${PARTS.join(", ")}.`);
  process.exit(2);
}
const runs = (part: (typeof PARTS)[number]): boolean => only === undefined || only === part;

async function onServer(school: School, { mei, readers, embedded }: { mei: Writer; readers: readonly Writer[]; embedded: EmbeddedPostgres }): Promise<Figure[]> {
  holdToOneCore(school.processId);
  const push = await pushes(school, mei, embedded);
  const pull = await pulls(school, readers, embedded);
  const unit = "documents/s";
  return [
    { name: "pull of 10,000 documents beside a bare handler (at least)", value: pull.ours, unit, limit: pull.bare * PULL_AIM },
    { name: "push of 10,000 documents beside a bare upsert (at least)", value: push.ours, unit, limit: push.bare * PUSH_AIM },
    { name: "pull beside RxDB's server on memory storage, another machine (at least)", value: pull.ours, unit, limit: RXDB.pull },
    { name: "push beside RxDB's server on memory storage, another machine (at least)", value: push.ours, unit, limit: RXDB.push },
  ];
}

const school = await School.open({ LIMITS: "off" });
const postgres = await startEmbeddedPostgres({ dataDir: school.dataDir, log: silentLog });
try {
  const [mei, ...readers] = await Promise.all((["mei", "ana", "luis", "ben", "sofia"] as const).map((name) => signInWriter(school.url, name)));
  if (!mei) throw new Error("nobody is there");
  const browser = runs("browser") ? await inBrowser(school, readers[3] ?? mei) : [];
  const server = runs("server") ? await onServer(school, { mei, readers: readers.slice(0, 3), embedded: postgres }) : [];
  printFigures([...server, ...(runs("unchanged") ? await unchanged() : []), ...browser]);
} finally {
  await postgres.stop();
  await school.close();
}
