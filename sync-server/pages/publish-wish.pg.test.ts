import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { FRAGMENT, pageRoom } from "@mochila/shared/collab/room.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { type BodyItem, bodyId, editionId, type PageItem } from "@mochila/shared/pages/schema.ts";
import { registry } from "@mochila/shared/registry.ts";
import { loadActor } from "../access/actor.ts";
import { LocalHints, type Person, RoomSchool } from "../collab/test-rooms.ts";
import { appendUpdates } from "../collab/store.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { shareFiles } from "../files/file-reference.ts";
import { silentLog } from "../log.ts";
import { createSync, type Sync } from "../sync/sync.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { contentToUpdate } from "./content-document.ts";
import { findPublishers } from "./publishers.ts";
import { PublishWishes } from "./publish-wish.ts";
import { putRoomContent, roomOrigin } from "./room-content.ts";

let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
let wishes: PublishWishes;
let sync: Sync;
const instance = newId();

const makeWishes = () =>
  new PublishWishes({ database: cluster.database, clock: systemClock, log: silentLog, hints: new LocalHints(), writeDocuments, readDocuments, shareFiles });

beforeAll(async () => {
  cluster = await createTestDatabase();
  wishes = makeWishes();
  sync = createSync({ registry, database: cluster.database, clock: systemClock, random: systemRandom, log: silentLog, hints: new LocalHints(), serverRules: [wishes], findAuthors: findPublishers });
  await sync.start();
});
afterAll(async () => {
  await wishes.stop();
  await cluster.drop();
});

const content = (...words: string[]) => ({ type: "doc" as const, content: words.map((text) => ({ type: "paragraph" as const, content: [{ type: "text" as const, text }] })) });
const snapshotOf = (doc: Y.Doc): string => Buffer.from(Y.encodeSnapshot(Y.snapshot(doc))).toString("base64");

interface Stage {
  readonly school: RoomSchool;
  readonly ana: Person;
  readonly doc: Y.Doc;
  /** Sends what the device typed since the last time. */
  send(): Promise<void>;
  push(change: Partial<PageItem>): Promise<void>;
  wish(state?: Record<string, string>): Promise<void>;
  page(): Promise<PageItem>;
  /** The words that students receive, a paragraph an element; null: none. */
  published(lang?: "en" | "es"): Promise<string[] | null>;
}

async function stage(): Promise<Stage> {
  const school = await RoomSchool.open(cluster.database);
  const ana = await school.person("instructor");
  const doc = new Y.Doc();
  Y.applyUpdate(doc, contentToUpdate(content("First", "Second")));
  let sent: Uint8Array | undefined;
  const read = async <Document>(id: string) => (await readDocuments(cluster.database.sql, "items", [id])).get(id) as Document | undefined;
  const made: Stage = {
    school,
    ana,
    doc,
    send: async () => {
      await appendUpdates(cluster.database.sql, instance, [{ room: school.room, actor: ana.userId, upd: Y.encodeStateAsUpdate(doc, sent) }]);
      sent = Y.encodeStateVector(doc);
      wishes.flushed(new Set([school.room]));
    },
    push: async (change) => {
      const assumedMasterState = await made.page();
      const rows = [{ newDocumentState: { ...assumedMasterState, rev: newId(), ...change } as unknown as Record<string, unknown>, assumedMasterState: assumedMasterState as unknown as Record<string, unknown> }];
      await sync.push(await loadActor(cluster.database.sql, ana.userId), { pushes: [{ collection: "items", rows }] });
    },
    wish: (state = { en: snapshotOf(doc) }) => made.push({ publish: { rev: newId(), at: 1, state } }),
    page: async () => (await read<PageItem>(school.itemId)) as PageItem,
    published: async (lang = "en") => {
      const body = await read<BodyItem>(bodyId(school.itemId, lang));
      return body ? body.content.content.map((block) => ("content" in block ? (block.content ?? []) : []).map((node) => ("text" in node ? node.text : "")).join("")) : null;
    },
  };
  return made;
}

const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 20 });

test("PU-1 a wish for text that is here is fulfilled at once; the page is published and its edition says what there is", async () => {
  const { send, wish, page, published, school } = await stage();
  await send();
  await wish();
  await soon(async () => expect(await published()).toEqual(["First", "Second"]));
  expect((await page()).state).toBe("published");
  const [edition] = (await readDocuments(cluster.database.sql, "items", [editionId(school.itemId)])).values();
  expect(edition).toMatchObject({ kind: "edition", languages: { en: { words: 2 } }, files: [] });
});

test("PU-2 a wish that comes before its text waits, also through a restart, and nothing older is published for it", async () => {
  const { doc, send, wish, page, published, school } = await stage();
  await send();
  doc.getXmlFragment(FRAGMENT).insert(2, [new Y.XmlElement("horizontal_rule")]);
  await wish();
  await wishes.fulfil(school.itemId);
  expect([await published(), (await page()).state]).toEqual([null, "draft"]);
  const afterRestart = makeWishes();
  await afterRestart.sweep();
  expect(await published()).toBeNull();
  await appendUpdates(cluster.database.sql, instance, [{ room: school.room, actor: null, upd: Y.encodeStateAsUpdate(doc) }]);
  afterRestart.flushed(new Set([school.room]));
  await soon(async () => expect(await published()).toEqual(["First", "Second", ""]));
  await afterRestart.stop();
});

test("PU-3 a wish whose only news is a deletion waits for the deletion: equal state vectors are not enough", async () => {
  const { doc, send, wish, published } = await stage();
  await send();
  doc.getXmlFragment(FRAGMENT).delete(1, 1);
  await wish();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await published()).toBeNull();
  await send();
  await soon(async () => expect(await published()).toEqual(["First"]));
});

test("R3 the history of a published text names who asked for each publication, although the server wrote it", async () => {
  const { doc, school, ana, send, wish, push, page, published } = await stage();
  const luis = await school.person("instructor");
  await cluster.database.sql`insert into person (id, email, name, system_role) values (${ana.userId}, 'ana@test', 'Ana', 'instructor'), (${luis.userId}, 'luis@test', 'Luis', 'instructor')
    on conflict (id) do update set name = excluded.name`;
  await send();
  await wish();
  await soon(async () => expect(await published()).toEqual(["First", "Second"]));
  doc.getXmlFragment(FRAGMENT).delete(1, 1);
  await send();
  const master = (await page()) as unknown as Record<string, unknown>;
  const wished = { ...master, rev: newId(), publish: { rev: newId(), at: 2, state: { en: snapshotOf(doc) } } };
  await sync.push(await loadActor(cluster.database.sql, luis.userId), { pushes: [{ collection: "items", rows: [{ newDocumentState: wished, assumedMasterState: master }] }] });
  await soon(async () => expect(await published()).toEqual(["First"]));
  await push({ title: { en: "Another name" } });
  const actor = await loadActor(cluster.database.sql, ana.userId);
  const { versions } = await sync.history({ actor, collection: "items", id: bodyId(school.itemId, "en"), limit: 20 });
  expect(versions.map(({ by }) => by?.name)).toEqual(["Luis", "Ana"]);
});

test("PU-4 a language that is not named stays as students have it", async () => {
  const { doc, send, wish, published, school } = await stage();
  await cluster.database.transaction((transaction) => putRoomContent(transaction, { room: pageRoom(school.itemId, "es"), content: content("Uno"), instance }));
  await send();
  await wish();
  await soon(async () => expect([await published(), await published("es")]).toEqual([["First", "Second"], ["Uno"]]));
  await cluster.database.transaction((transaction) => putRoomContent(transaction, { room: pageRoom(school.itemId, "es"), content: content("Dos"), instance }));
  doc.getXmlFragment(FRAGMENT).delete(0, 1);
  await send();
  await wish();
  await soon(async () => expect(await published()).toEqual(["Second"]));
  expect(await published("es")).toEqual(["Uno"]);
});

test("PU-5 a page that is taken back or put in the bin loses its rows; out of the bin it has them again", async () => {
  const { send, wish, push, published, school } = await stage();
  await send();
  await wish();
  await soon(async () => expect(await published()).not.toBeNull());
  await push({ state: "trashed" });
  expect(await published()).toBeNull();
  expect((await readDocuments(cluster.database.sql, "items", [editionId(school.itemId)])).size).toBe(0);
  await push({ state: "published" });
  await soon(async () => expect(await published()).toEqual(["First", "Second"]));
});

test("PU-6 a wish whose state cannot be read does not stop the server or the wish", async () => {
  const { send, wish, published } = await stage();
  await send();
  await wish({ en: Buffer.from([255, 255, 255, 255, 255, 255]).toString("base64") });
  await soon(async () => expect(await published()).toEqual(["First", "Second"]));
});

test("PU-7 wishes whose text never comes stand before nobody and are tried ever more seldom, by one sweep at a time", async () => {
  const { database } = cluster;
  const { doc, school, published } = await stage();
  const stuck = Array.from({ length: 1_050 }, () => newId());
  const state = { en: snapshotOf(doc) };
  await database.sql`
    insert into publish_wish (item_id, wish_rev, state, at, next_try_at)
    select id, id, ${database.sql.json(state)}, now() - interval '1 day', now() - interval '1 day' from unnest(${stuck}::uuid[]) as id`;
  // Nothing tells that this one's text is here.
  await appendUpdates(database.sql, instance, [{ room: school.room, actor: null, upd: Y.encodeStateAsUpdate(doc) }]);
  await database.sql`insert into publish_wish (item_id, wish_rev, state) values (${school.itemId}, ${newId()}, ${database.sql.json(state)})`;
  const fresh = makeWishes();
  const tried = vi.spyOn(fresh, "fulfil");
  await Promise.all([fresh.sweep(), fresh.sweep()]);
  expect(await published()).toEqual(["First", "Second"]);
  expect(tried).toHaveBeenCalledTimes(1_051);
  await fresh.sweep();
  expect(tried).toHaveBeenCalledTimes(1_051);
  const waits = [];
  for (let tries = 0; tries < 9; tries += 1) {
    const [row] = await database.sql<{ wait: number }[]>`select round(extract(epoch from next_try_at - now()))::int as wait from publish_wish where item_id = ${stuck[0] ?? ""}`;
    waits.push(row?.wait ?? 0);
    await database.sql`update publish_wish set next_try_at = now() where item_id = ${stuck[0] ?? ""}`;
    await fresh.sweep();
  }
  expect(waits.slice(1)).toEqual([60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
  await database.sql`delete from publish_wish`;
  await fresh.stop();
});

test("IM-1 imported content is untouched until somebody writes; a second import is an edit that devices merge", async () => {
  const { school } = await stage();
  const room = pageRoom(school.itemId, "es");
  const put = (...words: string[]) => cluster.database.transaction((transaction) => putRoomContent(transaction, { room, content: content(...words), instance }));
  expect(await roomOrigin(cluster.database.sql, room)).toBe("absent");
  await put("Uno", "Dos");
  expect(await roomOrigin(cluster.database.sql, room)).toBe("untouched");
  await put("Uno", "Tres");
  expect(await roomOrigin(cluster.database.sql, room)).toBe("untouched");
  const typed = new Y.Doc();
  typed.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlElement("paragraph")]);
  await appendUpdates(cluster.database.sql, instance, [{ room, actor: null, upd: Y.encodeStateAsUpdate(typed) }]);
  expect(await roomOrigin(cluster.database.sql, room)).toBe("edited");
});

test("a title that somebody changes at the moment of publication stays", async () => {
  const { doc, send, page, school } = await stage();
  const { database } = cluster;
  await send();
  const state = { en: snapshotOf(doc) };
  await database.sql`insert into publish_wish (item_id, wish_rev, state) values (${school.itemId}, ${newId()}, ${database.sql.json(state)})`;
  const before = await page();
  const steps = new EventEmitter();
  const written = once(steps, "written");
  const editing = database.transaction(async (transaction) => {
    await writeDocuments(transaction, [{ collection: "items", document: { ...before, title: { en: "Renamed" } } }]);
    const waiting = once(steps, "commit");
    steps.emit("written");
    await waiting;
  });
  await written;
  const publishing = wishes.fulfil(school.itemId);
  await soon(async () => expect((await database.sql`select 1 from pg_locks where not granted`).length).toBeGreaterThan(0));
  steps.emit("commit");
  await Promise.all([editing, publishing]);
  expect(await page()).toMatchObject({ title: { en: "Renamed" }, state: "published" });
});
