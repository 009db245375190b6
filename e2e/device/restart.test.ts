import "fake-indexeddb/auto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalDatabase } from "@mochila/client/db/local.ts";
import { createDocument } from "@mochila/client/db/write.ts";
import type { Collections } from "@mochila/client/person.ts";
import type { FirstPages } from "@mochila/client/sync/first-pages.ts";
import { readOnDevice } from "@mochila/client/sync/gaps.ts";
import { type Leading, startLeading } from "@mochila/client/sync/leading.ts";
import type { Outcomes } from "@mochila/client/sync/outcome.ts";
import { Round } from "@mochila/client/sync/round.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PullRequest } from "@mochila/shared/sync/pull-request.ts";
import type { PushRequest } from "@mochila/shared/sync/push-request.ts";
import type { RxCollection, RxDatabase } from "rxdb/plugins/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTestPerson, type TestPerson } from "./test-person.ts";

type Document = Record<string, unknown> & { readonly id: string };
/** As the server tells it: who asks after what, in order. */
type Asked = { readonly pull: PullRequest } | { readonly push: PushRequest };

const NAMES = ["progress", "drafts"] as const;
const ofLostHistory = (texts: readonly (string | null | undefined)[]) => texts.some((text) => text?.startsWith("lost"));

/** A server in so far as restores need one: it holds drafts, and after a restore it knows none of the checkpoints of before. */
class SmallServer {
  readonly asked: Asked[] = [];
  drafts = new Map<string, Document>();
  /** The beginning of its checkpoints. */
  history = "lost";
  /** Whether its pages bring anything. */
  brings = true;
  /** Where a push waits. */
  door: Promise<void> = Promise.resolve();

  answer(asked: Asked): { readonly status: number; readonly body: unknown } {
    const texts = "pull" in asked ? asked.pull.pulls.map(({ checkpoint }) => checkpoint) : (asked.push.seen ?? []);
    const { taken } = "pull" in asked ? asked.pull : asked.push;
    if (this.history !== "lost" && (ofLostHistory(texts) || (taken && this.drafts.get(taken.id)?.["rev"] !== taken.rev))) return { status: 409, body: { error: { code: "epoch_changed", message: "restored" } } };
    if ("pull" in asked) return { status: 200, body: { results: asked.pull.pulls.map(({ collection, checkpoint }) => this.#page(collection, checkpoint)) } };
    for (const { collection, rows } of asked.push.pushes) for (const { newDocumentState: row } of collection === "drafts" ? rows : []) this.drafts.set(String(row["id"]), row as Document);
    return { status: 200, body: { results: asked.push.pushes.map(({ collection }) => ({ collection, conflicts: [], rejected: [] })) } };
  }

  #page(collection: string, checkpoint: string | null) {
    const next = `${this.history}-${collection}-${this.drafts.size}`;
    return !this.brings || collection !== "drafts" || this.drafts.size === 0 || checkpoint === next ? { collection } : { collection, documents: [...this.drafts.values()], checkpoint: next, more: false };
  }
}

let small: SmallServer;
let person: TestPerson;
let local: LocalDatabase;
let outcomes: Outcomes;
let database: RxDatabase<Collections>;
const network = globalThis.fetch;
const http = createServer((request, response) => void reply(request).then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body))));

async function reply(request: IncomingMessage): Promise<{ readonly status: number; readonly body: unknown }> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  if (request.method !== "POST") return { status: 404, body: {} };
  const body = JSON.parse(Buffer.concat(pieces).toString()) as unknown;
  const asked: Asked = request.url?.endsWith("/push") ? { push: body as PushRequest } : { pull: body as PullRequest };
  small.asked.push(asked);
  if ("push" in asked) await small.door;
  return small.answer(asked);
}

beforeEach(async () => {
  small = new SmallServer();
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => network(new URL(path, base), { ...init, cache: "default" }));
  vi.stubGlobal("document", { visibilityState: "visible" });
  person = await openTestPerson();
  ({ local, outcomes, database } = person);
});
afterEach(async () => {
  await person.close();
  vi.unstubAllGlobals();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const lead = (firstPages: FirstPages | null = null): Promise<Leading> =>
  startLeading(
    {
      collections: NAMES.map((name) => database.collections[name] as unknown as RxCollection<SyncedDocument>),
      local,
      outcomes,
      firstPages: Promise.resolve(firstPages),
      definitionOf: (name) => collectionNamed(name) ?? expect.fail(name),
      onRestored: () => Promise.resolve(),
      round: new Round(NAMES),
      clock,
      random,
      accessToken: () => Promise.resolve("token"),
      onContact: () => undefined,
      onRoundEnd: () => undefined,
      onFailure: (error) => expect.fail(String(error)),
    },
    { valid: () => true },
  );
const note = () => ({ id: newId(), courseId: newId(), userId: newId(), itemId: newId(), kind: "note" as const, createdAt: clock.now(), body: "a note" });
const here = async () => [...(await readOnDevice(database.collections.drafts.storageInstance as never)).ids].sort();
const offers = () => small.asked.flatMap((asked) => ("push" in asked ? asked.push.pushes.flatMap(({ rows }) => rows.filter(({ again }) => again).map(({ newDocumentState }) => newDocumentState["id"])) : []));
/** Of what the device asks after it was told of the restore. */
const firstFromBeginning = () => small.asked.findIndex((asked) => "pull" in asked && asked.pull.pulls.some(({ collection, checkpoint }) => collection === "drafts" && checkpoint === null));

/** A note that the server has taken and brought back, and a restore of before it. */
async function handedInAndLost(): Promise<string> {
  const mine = note();
  await createDocument(database.collections.drafts, mine);
  const leading = await lead();
  await expect.poll(() => [...small.drafts.keys()], { timeout: 5_000 }).toEqual([mine.id]);
  // The device hears of it later than the server has it. Before that there is no last write to be brought back either.
  await expect.poll(() => local.accepted.count(), { timeout: 5_000 }).toBe(1);
  leading.syncNow();
  await expect.poll(() => local.setting("last-taken"), { timeout: 5_000 }).toBeNull();
  await leading.stop();
  [small.drafts, small.history] = [new Map(), "new"];
  small.asked.length = 0;
  return mine.id;
}

describe("a device that is told of a restore (D10)", () => {
  test("offers what it had handed in before it asks from the beginning", async () => {
    const mine = await handedInAndLost();
    const leading = await lead();
    await expect.poll(firstFromBeginning, { timeout: 5_000 }).toBeGreaterThan(0);
    expect([offers(), await here(), [...small.drafts.keys()]]).toEqual([[mine], [mine], [mine]]);
    const offered = small.asked.findIndex((asked) => "push" in asked);
    expect(offered).toBeLessThan(firstFromBeginning());
    await leading.stop();
  });

  test("and is closed before its offer is answered is told again, and offers it again", async () => {
    const mine = await handedInAndLost();
    let open: () => void = () => undefined;
    small.door = new Promise((resolve) => (open = resolve));
    const leading = await lead();
    await expect.poll(offers, { timeout: 5_000 }).toEqual([mine]);
    await leading.stop();
    small.drafts.clear();
    [small.door, small.asked.length] = [Promise.resolve(), 0];
    open();
    const next = await lead();
    await expect.poll(firstFromBeginning, { timeout: 5_000 }).toBeGreaterThan(0);
    expect([offers(), await here()]).toEqual([[mine], [mine]]);
    await next.stop();
  });

  test("that reaches no further back than to its last write (E3) offers that write", async () => {
    small.brings = false;
    const mine = note();
    await createDocument(database.collections.drafts, mine);
    const leading = await lead();
    await expect.poll(() => local.setting("last-taken"), { timeout: 5_000 }).toMatchObject({ id: mine.id });
    await leading.stop();
    // No page has brought it: the device has no checkpoint at all.
    expect(small.asked.flatMap((asked) => ("pull" in asked ? asked.pull.pulls.map(({ checkpoint }) => checkpoint) : [])).every((checkpoint) => checkpoint === null)).toBe(true);
    [small.drafts, small.history, small.brings] = [new Map(), "new", true];
    const next = await lead();
    await expect.poll(() => [...small.drafts.keys()], { timeout: 5_000 }).toEqual([mine.id]);
    expect([offers(), await here()]).toEqual([[mine.id], [mine.id]]);
    await next.stop();
  });

  test("while its first sync runs takes no page that was asked for before", async () => {
    small.history = "new";
    const [mine, lost] = [note(), { ...note(), rev: newRev() }];
    const progress = { id: newId(), rev: newRev(), userId: newId(), itemId: newId(), courseId: newId() };
    // Its page of notes waits for the answer to this note (D1), while the other collection has asked on.
    await createDocument(database.collections.drafts, mine);
    const results = [{ collection: "progress", documents: [progress], checkpoint: "lost-1", more: true }, { collection: "drafts", documents: [lost], checkpoint: "lost-2", more: false }];
    const leading = await lead({ next: {}, response: Promise.resolve({ results }) });
    await expect.poll(() => [...small.drafts.keys()], { timeout: 10_000 }).toEqual([mine.id]);
    await expect.poll(firstFromBeginning, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(await here()).toEqual([mine.id]);
    await leading.stop();
  });
});
