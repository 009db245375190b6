import "fake-indexeddb/auto";
import { creatorsOf } from "@mochila/client/db/collections.ts";
import { storesLeft } from "@mochila/client/db/known-stores.ts";
import { LocalDatabase, unsentIds } from "@mochila/client/db/local.ts";
import { dexieSettings } from "@mochila/client/db/dexie-settings.ts";
import { moveStores } from "@mochila/client/db/move-stores.ts";
import { documentsName, storeName } from "@mochila/client/db/names.ts";
import { openPersonDatabase } from "@mochila/client/db/open.ts";
import { keepOrigins } from "@mochila/client/db/origins.ts";
import { packingStorage } from "@mochila/client/db/packing-storage.ts";
import { createDocument, registerWriter, updateDocument } from "@mochila/client/db/write.ts";
import { unsentAsJson } from "@mochila/client/db/unsent.ts";
import type { Collections } from "@mochila/client/person.ts";
import { conflictHandlerFor } from "@mochila/client/sync/conflict-handler.ts";
import { makeOutcomes } from "@mochila/client/sync/outcome.ts";
import { PullChannel } from "@mochila/client/sync/pull-channel.ts";
import { PushChannel } from "@mochila/client/sync/push-channel.ts";
import { type Replications, startReplications } from "@mochila/client/sync/replicate.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { Dexie } from "dexie";
import { createRxDatabase, type RxCollection, type RxDatabase } from "rxdb/plugins/core";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const titleOf = () => Promise.resolve(null);

const courseId = newId();
let userId: string;
let local: LocalDatabase;
let database: RxDatabase<Collections> | null = null;

beforeEach(() => {
  userId = newId();
  local = new LocalDatabase(userId);
});
afterEach(async () => {
  await close();
  local.close();
});

async function close(): Promise<void> {
  await database?.close();
  database = null;
}

/** What the app was at first: the first version of everything. */
const former = registry.map((definition): CollectionDefinition => {
  const fields = Object.fromEntries(Object.entries(definition.fields).filter(([, { since = 1 }]) => since === 1));
  return { ...definition, version: 1, fields };
});
const handler = (definition: CollectionDefinition) => conflictHandlerFor(definition, makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() }), clock);

const storage = { wait: () => Promise.resolve(), onFailure: () => Promise.resolve() };

async function openFormer(): Promise<RxDatabase<Collections>> {
  database = await createRxDatabase<Collections>({ name: documentsName(userId), storage: packingStorage(getRxStorageDexie(dexieSettings), () => []), multiInstance: true, eventReduce: true });
  registerWriter(database, { local, clock, random, titleOf, storage });
  await database.addCollections(creatorsOf(former, handler));
  for (const { storageInstance } of Object.values(database.collections)) keepOrigins(storageInstance);
  return database;
}

async function openToday(move: (opened: RxDatabase<Collections>) => Promise<void> = moveAll): Promise<RxDatabase<Collections>> {
  database = await openPersonDatabase({ userId, local, clock, random, titleOf, conflictHandlerOf: handler, storage, moveStores: move });
  return database;
}
const moveAll = (opened: RxDatabase<Collections>) => moveStores({ database: opened, local, userId, clock });

const withoutPlace = (master: SyncedDocument): object => Object.fromEntries(Object.entries(master).filter(([field]) => field !== "place"));

/** As much of a server as the wire shows: masters, and a place in them. */
class Server {
  readonly masters = new Map<string, SyncedDocument & { readonly place: number }>();
  readonly pushed: (PushRow & { readonly version: number })[] = [];
  readonly checkpoints: (string | null)[] = [];
  away = false;

  put(document: SyncedDocument): void {
    this.masters.set(document.id, { ...document, place: this.masters.size + 1 });
  }

  answer(path: string, body: { pulls?: { checkpoint: string | null }[]; pushes?: { version?: number; rows: PushRow[] }[] }): object {
    if (path.endsWith("pull")) {
      const checkpoint = body.pulls?.[0]?.checkpoint ?? null;
      this.checkpoints.push(checkpoint);
      const news = [...this.masters.values()].filter(({ place }) => place > Number(checkpoint ?? 0));
      return { results: [news.length > 0 ? { collection: "progress", documents: news.map(withoutPlace), checkpoint: String(this.masters.size) } : { collection: "progress" }] };
    }
    for (const { version = 1, rows } of body.pushes ?? []) {
      for (const row of rows) {
        this.pushed.push({ ...row, version });
        this.masters.set(String(row.newDocumentState["id"]), { ...(row.newDocumentState as unknown as SyncedDocument), place: 0 });
      }
    }
    return { results: [{ collection: "progress", conflicts: [], rejected: [] }] };
  }
}

function replicate(server: Server): Promise<Replications> {
  const outcomes = makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() });
  const options = {
    send: (path: string, { body }: { body: string }) =>
      server.away && path.endsWith("push") ? new Promise<never>(() => undefined) : Promise.resolve({ status: 200, headers: { get: () => null }, json: () => Promise.resolve(server.answer(path, JSON.parse(body) as never)) }),
    versionOf: () => database?.collections.progress.schema.version as number + 1,
    accessToken: () => Promise.resolve("token"),
    wait: () => Promise.resolve(false),
    gather: () => Promise.resolve(),
    random,
    stillLeader: () => true,
    onContact: () => undefined,
  };
  return new Promise((resolve) => {
    const replications = startReplications({
      collections: [database?.collections.progress as unknown as RxCollection<SyncedDocument>],
      pulls: new PullChannel(options),
      pushes: new PushChannel({ ...options, order: ["progress"], onAnswers: outcomes.note }),
      unsentIds: (collection) => unsentIds(local, collection),
      onNoted: outcomes.settle,
      onEnd: () => setTimeout(() => resolve(replications), 30),
      onError: (error) => expect.fail(String(error)),
    });
  });
}

const made = (fields: Partial<Progress> = {}): Progress => {
  const itemId = newId();
  return { id: pairId(userId, itemId), rev: newRev(), courseId, userId, itemId, ...fields };
};
const rows = async () => {
  const { storageInstance } = (await openedNow()).collections.progress;
  const all = (await storageInstance.findDocumentsById([...ids], true)) as unknown as Record<string, unknown>[];
  return new Map(all.map((row) => [row["id"], row]));
};
const ids = new Set<string>();
const byKey = <Row extends { readonly key: string }>(some: Row[]) => some.sort((a, b) => (a.key < b.key ? -1 : 1));
const namesHere = async () => (await Dexie.getDatabaseNames()).filter((name) => name.includes(userId) && /--\d+--(progress|rx-repl)/.test(name));

/** A device that was online, and then wrote `writes` changes of which half are of documents that it made itself. */
async function workOffline(writes: number): Promise<Server> {
  const server = new Server();
  ids.clear();
  for (let index = 0; index < 12 + writes; index += 1) server.put(made({ seenAt: index }));
  await openFormer();
  const replications = await replicate(server);
  const { progress } = (await openedNow()).collections;
  await expect.poll(() => progress.count().exec(), { timeout: 10_000 }).toBe(server.masters.size);
  await replications.stop();
  const known = [...server.masters.keys()];
  for (let index = 0; index < writes; index += 1) {
    if (index % 2 === 0) await createDocument(progress, made({ done: { value: true, at: index } }));
    else await updateDocument(progress, known[index] ?? "", (current) => ({ ...current, position: { lang: "es" as const, block: index, at: index } }));
  }
  // One of them twice: only the last state is offered.
  if (writes > 1) await updateDocument(progress, known[1] ?? "", (current) => ({ ...current, done: { value: true, at: 1_000 } }));
  for (const row of await progress.find().exec()) ids.add(row.id);
  return server;
}
const openedNow = () => (database ? Promise.resolve(database) : Promise.reject(new Error("no database is open")));

const sizes = process.env["TEST_LONG"] ? [1, 2, 20, 60, 200] : [1, 20, 200];

describe("an update with work that waits (D-19)", () => {
  test.each(sizes)("W8 %i writes: rows, marks, origins and places are moved, each write goes once with what it was based on, and nothing else goes", async (writes) => {
    const server = await workOffline(writes);
    const before = await rows();
    const marks = byKey(await local.dirty.toArray());
    expect(marks).toHaveLength(writes);
    await local.rescued.put({ key: "kept", collection: "progress", documentId: "x", courseId, itemId: null, code: "replaced", at: 1, fields: {}, text: "kept" });
    await close();
    await openToday();
    expect(await rows()).toEqual(before);
    expect(byKey(await local.dirty.toArray())).toEqual(marks);
    expect(await local.rescued.count()).toBe(1);
    expect((await namesHere()).filter((name) => name === storeName(userId, 0, "progress"))).toEqual([]);
    server.checkpoints.length = 0;
    const replications = await replicate(server);
    await expect.poll(() => local.dirty.count(), { timeout: 10_000 }).toBe(0);
    await replications.stop();
    // From where it was, and not everything once more.
    expect([...new Set(server.checkpoints)]).toEqual([String(12 + writes)]);
    expect(server.pushed.map(({ newDocumentState }) => `progress/${String(newDocumentState["id"])}`).sort()).toEqual(marks.map(({ key }) => key).sort());
    for (const { newDocumentState, assumedMasterState, version } of server.pushed) {
      expect(version).toBe(2);
      const { done, position } = newDocumentState as Partial<Progress>;
      expect(done ?? position).toBeDefined();
      // Made here, or based on what the server had; nothing of the storage's own.
      if (assumedMasterState) expect(Object.keys(assumedMasterState).sort()).toEqual(["courseId", "id", "itemId", "rev", "seenAt", "userId"]);
    }
    expect(server.pushed.filter(({ assumedMasterState }) => assumedMasterState)).toHaveLength(Math.floor(writes / 2));
    // The next start finds nothing to move.
    await close();
    await openToday(() => Promise.reject(new Error("it was moved already")));
  });

  test("W8 closed in the middle, at each step: the next start does it again and loses nothing", async () => {
    const server = await workOffline(20);
    const before = await rows();
    let cuts = 0;
    for (let ended = false; !ended; ) {
      await close();
      // The first time nothing is written, then one write each time: what was written before is not written again.
      let left = Math.min(cuts, 1);
      const cut = new Error("the power went");
      const opening = openToday(async (opened) => {
        // Every write of the move, to any store, is a step.
        const { createStorageInstance } = opened.storage;
        const failing = <Storage extends { bulkWrite: (...args: never[]) => Promise<unknown> }>(instance: Storage): Storage => {
          const write = instance.bulkWrite.bind(instance);
          instance.bulkWrite = (...args: never[]) => (left-- > 0 ? write(...args) : Promise.reject(cut));
          return instance;
        };
        (opened.storage as { createStorageInstance: unknown }).createStorageInstance = async (params: never) => failing(await createStorageInstance.call(opened.storage, params));
        const inner = (opened.collections.progress.storageInstance as unknown as { originalStorageInstance: { bulkWrite: () => Promise<unknown> } }).originalStorageInstance;
        failing(inner);
        failing(opened.internalStore as never);
        await moveAll(opened);
      });
      ended = await opening.then(() => true, (error: unknown) => (error === cut ? false : Promise.reject(error as Error)));
      if (!ended) cuts += 1;
      expect(cuts).toBeLessThan(10);
    }
    // Before anything; then after what the server is believed to hold, after the documents; the note of each of the two old stores went last.
    expect(cuts).toBe(4);
    await close();
    await openToday();
    expect(await rows()).toEqual(before);
    const replications = await replicate(server);
    await expect.poll(() => local.dirty.count(), { timeout: 10_000 }).toBe(0);
    await replications.stop();
    expect(server.pushed).toHaveLength(20);
  });

  test("W9 an app of the version before opens nothing beside what has been moved", async () => {
    await openFormer();
    await close();
    await openToday();
    await close();
    const names = await namesHere();
    const again = await createRxDatabase<Collections>({ name: documentsName(userId), storage: getRxStorageDexie(), multiInstance: true });
    database = again;
    expect(await storesLeft(again)).toEqual([]);
    // Somebody was here with a later one.
    const [note] = (await again.internalStore.findDocumentsById(["collection|progress-1"], false)) as unknown as [{ data: { version: number }; _meta: { lwt: number } }];
    await again.internalStore.bulkWrite([{ document: { ...note, id: "collection|progress-2", key: "progress-2", data: { ...note.data, version: 2 } } }] as never, "test");
    await close();
    await expect(openToday(() => Promise.reject(new Error("nothing is moved")))).rejects.toMatchObject({ name: "FormConflict", reason: "newer" });
    expect(await namesHere()).toEqual(names);
    // It left nothing open.
    const third = await createRxDatabase<Collections>({ name: documentsName(userId), storage: getRxStorageDexie(), multiInstance: true });
    await third.close();
  });

  test("what waits of somebody who is signed out is in the file that they can save, before it was moved and after", async () => {
    await openFormer();
    await createDocument((await openedNow()).collections.progress, made({ done: { value: true, at: 77 } }));
    await close();
    const saved = async () => (JSON.parse(await (await unsentAsJson(userId)).text()) as { changes: { document: Partial<Progress> }[] }).changes.map(({ document }) => document.done);
    expect(await saved()).toEqual([{ value: true, at: 77 }]);
    await openToday();
    await close();
    expect(await saved()).toEqual([{ value: true, at: 77 }]);
  });
});
