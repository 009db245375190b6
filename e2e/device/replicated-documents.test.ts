import "fake-indexeddb/auto";
import { LocalDatabase, unsentIds } from "@mochila/client/db/local.ts";
import { createDocument } from "@mochila/client/db/write.ts";
import type { Collections } from "@mochila/client/person.ts";
import { conflictHandlerFor, rescueLost } from "@mochila/client/sync/conflict-handler.ts";
import { offerAgain, readTaken, type Row } from "@mochila/client/sync/offer-again.ts";
import { offerUnsent } from "@mochila/client/sync/offer-unsent.ts";
import { makeTitleOf } from "@mochila/client/db/titles.ts";
import type { Outcomes } from "@mochila/client/sync/outcome.ts";
import { findGaps, readOnDevice } from "@mochila/client/sync/gaps.ts";
import { PullChannel } from "@mochila/client/sync/pull-channel.ts";
import { PushChannel } from "@mochila/client/sync/push-channel.ts";
import { startReplications } from "@mochila/client/sync/replicate.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { type Held, heldOf } from "@mochila/shared/sync/held.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Item } from "@mochila/shared/pages/schema.ts";
import type { Table } from "dexie";
import { getChangedDocumentsSince, type RxCollection, type RxDatabase, type RxStorageInstance } from "rxdb/plugins/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTestPerson, type TestPerson } from "./test-person.ts";

let person: TestPerson;
let userId: string;
let local: LocalDatabase;
let database: RxDatabase<Collections>;
let outcomes: Outcomes;

beforeEach(async () => {
  person = await openTestPerson();
  ({ userId, local, database, outcomes } = person);
});
afterEach(() => person.close());

const draft = () => ({ id: newId(), courseId: newId(), userId, itemId: newId(), kind: "note" as const, createdAt: clock.now(), body: "a note" });
const storage = () => database.collections.drafts.storageInstance as unknown as RxStorageInstance<Draft, unknown, unknown>;
const stored = async (id: string) => (await storage().findDocumentsById([id], true))[0];

/** A server that a test writes the answers of. */
const answering = (send: (path: string) => Promise<unknown>) => ({
  send: async (path: string) => {
    const result = await send(path);
    return { status: 200, headers: { get: () => null }, json: () => Promise.resolve({ results: [result] }) };
  },
  accessToken: () => Promise.resolve("token"),
  wait: () => Promise.resolve(false),
  gather: () => Promise.resolve(),
  random,
  stillLeader: () => true,
  onContact: () => undefined,
});

describe("a document that was pulled (D6)", () => {
  const origin = { hash: "a replication", _rev: 1 };
  const pulled = (id: string) => ({ document: { ...draft(), id, rev: newRev(), _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1, o: origin } } }) as never;

  test("keeps RxDB's note of where it came from, through the changes after it", async () => {
    const [first, second] = [newId(), newId()];
    await storage().bulkWrite([pulled(first), pulled(second)], "replication-downstream-x");
    for (const id of [first, second]) expect(await stored(id)).toMatchObject({ _meta: { o: origin } });
    const document = await database.collections.drafts.findOne(first).exec();
    await document?.incrementalPatch({ body: "changed" });
    expect(await stored(first)).toMatchObject({ body: "changed", _meta: { o: origin } });
    expect((await stored(first))?._rev.startsWith("2-")).toBe(true);
  });

  test("is told from one that was written here", async () => {
    const own = draft();
    await Promise.all([storage().bulkWrite([pulled(newId())], "replication-downstream-x"), createDocument(database.collections.drafts, own)]);
    expect((await stored(own.id))?._meta).toEqual({ lwt: expect.any(Number) as number });
  });
});

test("D6 a pulled document is not sent, although RxDB has noted nothing beside it; a change of it is", async () => {
  const { drafts } = database.collections;
  const [theirs, changed, mine] = [draft(), draft(), draft()].map((one) => ({ ...one, rev: newRev() })) as [Draft, Draft, Draft];
  const pulled = [theirs, changed].map((one) => ({ document: { ...one, _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1, o: { hash: "a replication", _rev: 1 } } } }));
  await storage().bulkWrite(pulled, "replication-downstream-x");
  await createDocument(drafts, mine);
  await drafts.findOne(changed.id).modify((document) => ({ ...document, body: "changed here", rev: newRev() }));
  const sent: string[] = [];
  const options = {
    ...answering(() => Promise.resolve({ collection: "drafts", conflicts: [], rejected: [] })),
    send: (path: string, { body }: { body: string }) => {
      const { pushes = [] } = JSON.parse(body) as { pushes?: { rows: PushRow[] }[] };
      sent.push(...pushes.flatMap(({ rows }) => rows.map(({ newDocumentState }) => String(newDocumentState["id"]))));
      const result = path.endsWith("/push") ? { collection: "drafts", conflicts: [], rejected: [] } : { collection: "drafts" };
      return Promise.resolve({ status: 200, headers: { get: () => null }, json: () => Promise.resolve({ results: [result] }) });
    },
  };
  const replications = startReplications({
    collections: [drafts as unknown as RxCollection<SyncedDocument>],
    pulls: new PullChannel(options),
    pushes: new PushChannel({ ...options, order: ["drafts"], onAnswers: () => Promise.resolve() }),
    unsentIds: () => unsentIds(local, "drafts"),
    onNoted: outcomes.settle,
    onEnd: () => undefined,
    onError: (error) => expect.fail(String(error)),
  });
  await expect.poll(() => sent.length).toBe(2);
  expect(sent.sort()).toEqual([changed.id, mine.id].sort());
  await expect.poll(async () => (await replications.believed("drafts", [theirs.id])).map(({ rev }) => rev)).toEqual([theirs.rev]);
  await replications.stop();
});

describe("what work is called (N1)", () => {
  test("N1 the title of its page goes with it, from the write through the refusal, although the page has left the device", async () => {
    const [courseId, title] = [newId(), { en: "Rain", es: "Lluvia" }];
    const page = { id: newId(), courseId, kind: "page" as const, moduleId: newId(), title, order: "V", state: "published" as const };
    await createDocument<Item>(database.collections.items, page);
    const note = { ...draft(), courseId, itemId: page.id };
    await createDocument(database.collections.drafts, note);
    expect((await local.dirty.get(`drafts/${note.id}`))?.title).toEqual(title);
    await database.collections.items.find().remove();

    const mine = { ...((await stored(note.id)) as unknown as Draft), _deleted: false };
    const master = { id: note.id, rev: "", _deleted: true };
    await outcomes.note([{ collection: "drafts", row: { newDocumentState: { ...mine } }, refused: "row_forbidden", master: { ...master } }]);
    await outcomes.settle("drafts", [{ id: note.id, rev: mine.rev }]);
    expect(await local.dirty.get(`drafts/${note.id}`)).toBeUndefined();
    await conflictHandlerFor(collectionNamed("drafts") as CollectionDefinition, outcomes, clock).resolve({ newDocumentState: mine, realMasterState: master }, "test");
    expect(await local.rescued.toArray()).toMatchObject([{ title, code: "row_forbidden", writtenAt: expect.any(Number) as number, theirs: null, made: { itemId: page.id, userId, courseId, kind: "note" }, fields: { body: "a note" } }]);
  });

  test("N1 a change of a page is called by its own title, work whose page was never here by its course, and of nothing it has no name", async () => {
    const titleOf = makeTitleOf(() => database.collections);
    expect(await titleOf({ title: { en: "Mine" } })).toEqual({ en: "Mine" });
    const course = { id: newId(), title: { en: "Water" }, description: {}, languages: ["en" as const], state: "published" as const };
    await createDocument<Course>(database.collections.courses, { ...course, courseId: course.id });
    expect(await titleOf({ itemId: newId(), courseId: course.id })).toEqual({ en: "Water" });
    expect(await titleOf({ itemId: newId(), courseId: newId() })).toBeNull();
  });
});

describe("work that was written here (D7)", () => {
  test("and lies before the place that pushes had reached is offered once at a start, as long as it is marked", async () => {
    const [marked, answered] = [draft(), draft()];
    await createDocument(database.collections.drafts, marked);
    await createDocument(database.collections.drafts, answered);
    await local.dirty.delete(`drafts/${answered.id}`);
    const reached = { id: "", lwt: clock.now() + 3_600_000 };
    const idsSince = async (checkpoint: unknown) => (await getChangedDocumentsSince(storage(), 10, checkpoint)).documents.map(({ id }) => id);
    expect(await idsSince(reached)).toEqual([]);
    offerUnsent(storage(), () => unsentIds(local, "drafts"));
    expect(await idsSince(reached)).toEqual([marked.id]);
    expect(await idsSince(reached)).toEqual([]);
    offerUnsent(storage(), () => unsentIds(local, "drafts"));
    // From the beginning it comes by itself, and only once.
    expect((await idsSince(undefined)).sort()).toEqual([...(await readOnDevice(database.collections.drafts.storageInstance as never)).ids].sort());
  });

  test("is not offered once more by its mark in the look that found it by itself: the answer may have put another version over it", async () => {
    const mine = draft();
    await createDocument(database.collections.drafts, mine);
    offerUnsent(storage(), () => unsentIds(local, "drafts"));
    const first = await getChangedDocumentsSince(storage(), 10, { id: "", lwt: 1 });
    expect(first.documents.map(({ id }) => id)).toContain(mine.id);
    expect((await getChangedDocumentsSince(storage(), 10, first.checkpoint)).documents).toEqual([]);
    const change = { ...mine, body: "another revision" };
    await database.collections.drafts.findOne(mine.id).modify((document) => ({ ...document, ...change }));
    expect((await getChangedDocumentsSince(storage(), 10, { id: "", lwt: clock.now() + 3_600_000 })).documents.map(({ id }) => id)).toEqual([mine.id]);
  });
});

describe("the mark of a write (D5)", () => {
  const start = (answer: object) => {
    const { drafts } = database.collections;
    const options = answering((path) => Promise.resolve(path.endsWith("/push") ? { collection: "drafts", conflicts: [], rejected: [], ...answer } : { collection: "drafts" }));
    return startReplications({
      collections: [drafts as unknown as RxCollection<SyncedDocument>],
      pulls: new PullChannel(options),
      pushes: new PushChannel({ ...options, order: ["drafts"], onAnswers: outcomes.note }),
      unsentIds: () => unsentIds(local, "drafts"),
      onNoted: outcomes.settle,
      onEnd: () => undefined,
      onError: (error) => expect.fail(String(error)),
    });
  };

  test("goes when the master stands over a refused one, not when the answer arrives: an app that is closed in between offers it again", async () => {
    const mine = draft();
    await createDocument(database.collections.drafts, mine);
    const plain = storage();
    const { bulkWrite } = plain;
    let write: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (write = resolve));
    let holds = false;
    plain.bulkWrite = (rows, context) => {
      holds = true;
      return held.then(() => bulkWrite.call(plain, rows, context));
    };
    const replications = start({ conflicts: [{ id: mine.id, _deleted: true }], rejected: [{ id: mine.id, code: "row_forbidden", message: "no" }] });
    await expect.poll(() => holds).toBe(true);
    expect(await local.rescued.toArray()).toMatchObject([{ fields: { body: "a note" } }]);
    // Time in which the mark would go.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await unsentIds(local, "drafts")).toEqual([mine.id]);
    write();
    await expect.poll(() => unsentIds(local, "drafts")).toEqual([]);
    expect((await stored(mine.id))?._deleted).toBe(true);
    await replications.stop();
  });

  test("that was left over, of a write that the server is known to have, goes at the next start", async () => {
    const mine = draft();
    await createDocument(database.collections.drafts, mine);
    const [mark] = await local.dirty.toArray();
    const first = start({});
    await expect.poll(() => unsentIds(local, "drafts")).toEqual([]);
    await first.stop();
    if (mark) await local.dirty.put(mark);
    const second = start({});
    await expect.poll(() => unsentIds(local, "drafts")).toEqual([]);
    await second.stop();
  });
});

describe("a page's text (D8)", () => {
  const content = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "¿Qué es un «pipe»? {}" }] }] };
  const items = () => database.collections.items.storageInstance as unknown as RxStorageInstance<Record<string, unknown>, Promise<{ dexieTable: Table<Record<string, unknown>, string> }>, unknown>;
  const row = (id: string, change: object = {}) => ({ id, kind: "body", courseId: newId(), itemId: newId(), lang: "es", rev: newRev(), content, _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1 }, ...change }) as never;
  /** As it lies in IndexedDB. */
  const table = async () => (await items().internals).dexieTable;

  test("lies in the storage as one text, and is read, searched, watched and answered in a conflict as it was written", async () => {
    const id = newId();
    const seen: unknown[] = [];
    const watch = database.collections.items.findOne(id).$.subscribe((document) => seen.push(document?.toJSON()));
    expect(await items().bulkWrite([{ document: row(id) }], "test")).toEqual({ error: [] });
    expect((await (await table()).get(id))?.["content"]).toEqual({ json: JSON.stringify(content) });
    expect((await items().findDocumentsById([id], false))[0]?.["content"]).toEqual(content);
    expect((await database.collections.items.findOne({ selector: { kind: "body" } }).exec())?.toJSON()).toMatchObject({ id, content });
    await expect.poll(() => seen.at(-1)).toMatchObject({ id, content });
    watch.unsubscribe();
    const { error } = await items().bulkWrite([{ document: row(id) }], "test");
    expect(error).toMatchObject([{ status: 409, documentInDb: { id, content }, writeRow: { document: { id, content } } }]);
  });

  test("of an earlier version of the app, and one that is absent, are read as they are", async () => {
    const [old, removed] = [newId(), newId()];
    await items().bulkWrite([{ document: row(old) }, { document: row(removed, { content: undefined }) }], "test");
    await (await table()).update(old, { content });
    expect((await items().findDocumentsById([old], false))[0]?.["content"]).toEqual(content);
    expect((await items().findDocumentsById([removed], false))[0]?.["content"]).toBeUndefined();
  });
});

test("D1 a page that arrives before the answer to an earlier push waits for it: what somebody else wrote over our write is taken", async () => {
  const { drafts } = database.collections;
  const mine = draft();
  let showPage: (result: unknown) => void = () => undefined;
  let answerPush: (result: unknown) => void = () => undefined;
  const page = new Promise<unknown>((resolve) => (showPage = resolve));
  const answer = new Promise<unknown>((resolve) => (answerPush = resolve));
  const asked: string[] = [];
  const options = answering((path) => {
    asked.push(path);
    return path.endsWith("/push") ? answer : page;
  });
  const replications = startReplications({
    collections: [drafts as unknown as RxCollection<SyncedDocument>],
    pulls: new PullChannel(options),
    pushes: new PushChannel({ ...options, order: ["drafts"], onAnswers: () => Promise.resolve() }),
    unsentIds: () => Promise.resolve([]),
    onNoted: outcomes.settle,
    onEnd: () => undefined,
    onError: (error) => expect.fail(String(error)),
  });
  await expect.poll(() => asked).toEqual(["/api/sync/pull"]);
  await createDocument(drafts, mine);
  await expect.poll(() => asked).toEqual(["/api/sync/pull", "/api/sync/push"]);
  showPage({ collection: "drafts", documents: [{ ...mine, body: "theirs", rev: newRev() }], checkpoint: "1", more: false });
  // Time in which RxDB would pass over it.
  await new Promise((resolve) => setTimeout(resolve, 100));
  answerPush({ collection: "drafts", conflicts: [], rejected: [] });
  await expect.poll(async () => (await drafts.findOne(mine.id).exec())?.body).toBe("theirs");
  await replications.stop();
});

test("D9 a round has ended when its pages are written, not when they have arrived", async () => {
  const { drafts } = database.collections;
  const arrived = [draft(), draft()].map((one) => ({ ...one, rev: newRev() }));
  const options = answering(() => Promise.resolve({ collection: "drafts", documents: arrived, checkpoint: "1", more: false }));
  let write: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (write = resolve));
  const slow = storage();
  const bulkWrite = slow.bulkWrite.bind(slow);
  slow.bulkWrite = (rows, context) => held.then(() => bulkWrite(rows, context));
  const ended: number[] = [];
  const replications = startReplications({
    collections: [drafts as unknown as RxCollection<SyncedDocument>],
    pulls: new PullChannel(options),
    pushes: new PushChannel({ ...options, order: ["drafts"], onAnswers: () => Promise.resolve() }),
    unsentIds: () => Promise.resolve([]),
    onNoted: outcomes.settle,
    onEnd: () => void readOnDevice(drafts.storageInstance as never).then(({ ids }) => ended.push(ids.size)),
    onError: (error) => expect.fail(String(error)),
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ended).toEqual([]);
  write();
  await expect.poll(() => ended).toEqual([2]);
  await replications.stop();
});

describe("after a restore (D10)", () => {
  const collections = () => Object.values(database.collections) as unknown as RxCollection<SyncedDocument>[];
  const accept = (id: string, rev: string) => local.accepted.put({ key: `${id}/${rev}`, collection: "drafts", id, rev, at: clock.now() });

  test("what the server had taken is offered, and not the change that waits over it, nor what others wrote", async () => {
    const [under, plain, others] = [draft(), draft(), draft()].map((one) => ({ ...one, rev: newRev() })) as [Draft, Draft, Draft];
    const stand = (document: Draft, change: object = {}) => ({ document: { ...document, _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1 }, ...change } }) as never;
    await storage().bulkWrite([stand(under, { rev: newRev(), body: "changed since" }), stand(plain), stand(others)], "test");
    await accept(under.id, under.rev);
    await accept(plain.id, plain.rev);
    const asked: string[] = [];
    const believed = (collection: string, ids: readonly string[]) => {
      asked.push(...ids.map((id) => `${collection}/${id}`));
      return Promise.resolve([{ ...under, _deleted: false }, { ...others, _deleted: false }].filter(({ id }) => ids.includes(id)));
    };
    const taken = await readTaken({ collections: collections(), accepted: () => local.accepted.toArray(), believed });
    expect(asked.sort()).toEqual([`drafts/${under.id}`, `drafts/${plain.id}`].sort());
    expect([...taken.keys()]).toEqual(["drafts"]);
    expect(new Map(taken.get("drafts")?.map((row) => [row.id, row]))).toEqual(new Map([[under.id, { ...under, _deleted: false }], [plain.id, { ...plain, _deleted: false }]]));
  });

  test("what the server refuses is rescued with the reason, and not what it knows, perhaps under later work", async () => {
    const [lost, held, superseded] = [draft(), draft(), draft()].map((one) => ({ ...one, rev: newRev(), _deleted: false })) as unknown as [Row, Row, Row];
    const sent: PushRow[] = [];
    const rescued: [Row, Row][] = [];
    await offerAgain(new Map([["drafts", [lost, held, superseded]]]), {
      push: (_, rows) => {
        sent.push(...rows);
        return Promise.resolve([lost, superseded].map((row) => ({ ...row, body: "another", rev: newRev() })));
      },
      isRefused: (_, { id }) => id === lost.id,
      rescue: (_, mine, master) => Promise.resolve(void rescued.push([mine, master])),
    });
    expect(sent).toEqual([lost, held, superseded].map((newDocumentState) => ({ newDocumentState, again: true })));
    expect(rescued.map(([mine, master]) => [mine, master["body"]])).toEqual([[lost, "another"]]);
    const definition = collectionNamed("drafts");
    if (!definition) throw new Error("drafts are in the registry");
    await rescueLost({ definition, store: outcomes, clock, reason: "epoch_changed" }, { mine: lost, base: undefined, master: { ...lost, body: "another" } });
    await rescueLost({ definition, store: outcomes, clock, reason: "epoch_changed" }, { mine: held, base: undefined, master: held });
    expect(await local.rescued.toArray()).toMatchObject([{ documentId: lost.id, code: "epoch_changed", text: "a note" }]);
  });
});

describe("gaps (D11)", () => {
  const write = (...revs: string[]) => storage().bulkWrite(revs.map((rev) => ({ document: { ...draft(), rev, _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1 } } })) as never, "test");
  const look = (held: () => Held, waiting = false) =>
    findGaps({ collections: [{ name: "drafts", storageInstance: storage() as never }], ask: () => Promise.resolve(new Map([["drafts", held()]])), isWaiting: () => Promise.resolve(waiting) });

  test("are found where the device holds something else than it should, also among many pages of documents", async () => {
    const revs = Array.from({ length: 450 }, () => newRev());
    await write(...revs);
    expect(await look(() => heldOf(revs))).toEqual(new Map());
    const gap = await look(() => heldOf([...revs, newRev()]));
    expect([...gap.keys()]).toEqual(["drafts"]);
    expect(gap.get("drafts")?.ids.size).toBe(450);
    expect((await look(() => heldOf(revs.slice(1)))).size).toBe(1);
  });

  test("read every document once, over an index that fits, also where all of a write have one time; and take no offer of unsent work", async () => {
    const revs = Array.from({ length: 950 }, () => newRev());
    await write(...revs.slice(0, 700));
    for (let at = 700; at < 950; at += 10) await write(...revs.slice(at, at + 10));
    const [unsent] = (await getChangedDocumentsSince(storage(), 1)).documents;
    offerUnsent(storage(), () => Promise.resolve([unsent?.id ?? ""]));
    const query = vi.spyOn(storage(), "query");
    expect((await readOnDevice(storage() as never)).held).toEqual(heldOf(revs));
    const answers = (await Promise.all(query.mock.results.map(({ value }) => value as Promise<{ documents: unknown[] }>))).map(({ documents }) => documents.length);
    expect(answers.reduce((sum, count) => sum + count)).toBe(950);
    expect(query.mock.calls.every(([{ queryPlan }]) => queryPlan.selectorSatisfiedByIndex)).toBe(true);
    query.mockRestore();
    expect((await getChangedDocumentsSince(storage(), 10, { lwt: Date.now() + 3_600_000, id: "" })).documents.map(({ id }) => id)).toEqual([unsent?.id]);
  });

  test("count documents that lack the fields of other indexes, and none that were deleted", async () => {
    const items = database.collections.items.storageInstance;
    const row = (fields: object) => ({ document: { id: newId(), courseId: newId(), rev: newRev(), _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt: 1 }, ...fields } });
    const rows = [row({ kind: "page", moduleId: newId(), order: "V" }), row({ kind: "body", itemId: newId(), content: {} }), row({ kind: "edition", itemId: newId() })];
    await items.bulkWrite([...rows, row({ kind: "page", _deleted: true })] as never, "test");
    expect((await readOnDevice(items as never)).held).toEqual(heldOf(rows.map(({ document }) => document.rev)));
  });

  test.each([false, true])("are mended in a document of this device's own writing too, whose removal was lost on its way into the storage; not where it waits: %s", async (waits) => {
    const { drafts } = database.collections;
    const mine = draft();
    await createDocument(drafts, mine);
    const pages: object[] = [];
    const options = answering((path) => Promise.resolve(path.endsWith("/push") ? { collection: "drafts", conflicts: [], rejected: [] } : (pages.shift() ?? { collection: "drafts" })));
    const pulls = new PullChannel(options);
    const replications = startReplications({
      collections: [drafts as unknown as RxCollection<SyncedDocument>],
      pulls,
      pushes: new PushChannel({ ...options, order: ["drafts"], onAnswers: () => Promise.resolve() }),
      unsentIds: () => Promise.resolve(waits ? [mine.id] : []),
      onNoted: outcomes.settle,
      onEnd: () => undefined,
      onError: (error) => expect.fail(String(error)),
    });
    const believed = async () => (await replications.believed("drafts", [mine.id])).map(({ _deleted }) => _deleted);
    await expect.poll(believed).toEqual([false]);
    // RxDB believes it written.
    const plain = storage();
    const { bulkWrite } = plain;
    plain.bulkWrite = () => Promise.resolve({ error: [] });
    pages.push({ collection: "drafts", documents: [{ id: mine.id, _deleted: true }], checkpoint: "1", more: false });
    replications.resync([]);
    await expect.poll(believed).toEqual([true]);
    plain.bulkWrite = bulkWrite;
    expect((await stored(mine.id))?._deleted).toBe(false);

    pulls.repair("drafts", new Set([mine.id]));
    pages.push({ collection: "drafts", documents: [{ id: mine.id, _deleted: true }], checkpoint: "2", more: false });
    replications.resync([]);
    await expect.poll(() => pages.length).toBe(0);
    // Time in which the page would be put over it.
    if (waits) await new Promise((resolve) => setTimeout(resolve, 100));
    await expect.poll(async () => (await stored(mine.id))?._deleted).toBe(!waits);
    await replications.stop();
  });

  test("are none where changes wait, or where the difference was gone or another one at the second look", async () => {
    const rev = newRev();
    await write(rev);
    expect(await look(() => heldOf([]), true)).toEqual(new Map());
    const words = [heldOf([]), heldOf([rev])];
    expect(await look(() => words.shift() ?? heldOf([]))).toEqual(new Map());
    let asked = 0;
    const busy = findGaps({
      collections: [{ name: "drafts", storageInstance: storage() as never }],
      ask: async () => {
        asked += 1;
        await write(newRev());
        return new Map([["drafts", heldOf([])]]);
      },
      isWaiting: () => Promise.resolve(false),
    });
    expect([await busy, asked]).toEqual([new Map(), 2]);
  });
});
