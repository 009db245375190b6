import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Compactor } from "./snapshot.ts";
import { appendUpdates, readRoom, toDocument } from "./store.ts";

let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
const instance = newId();
beforeAll(async () => {
  cluster = await createTestDatabase();
});
afterAll(() => cluster.drop());

/** Two updates of one text, by two writers. */
function twoUpdates() {
  const updates = ["first", "second"].map((word) => {
    const doc = new Y.Doc();
    doc.getMap("words").set(word, true);
    return { room: "", actor: null, upd: Y.encodeStateAsUpdate(doc) };
  });
  const room = pageRoom(newId(), "en");
  return { room, first: { ...updates[0]!, room }, second: { ...updates[1]!, room } };
}

const wordsOf = (stored: Awaited<ReturnType<typeof readRoom>>): string[] => [...toDocument(stored).getMap("words").keys()].sort();

test("RO-8 an update with a lower id, committed while another is compacted, is not deleted with it", async () => {
  const { room, first, second } = twoUpdates();
  const { database } = cluster;
  let commit = () => undefined as void;
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  let written = () => undefined as void;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const slow = database.transaction(async (transaction) => {
    await appendUpdates(transaction, instance, [first]);
    written();
    await mayCommit;
  });
  await isWritten;
  await appendUpdates(database.sql, instance, [second]);
  // The log has been read and merged; the slow writer commits just before what was merged is deleted.
  const compactor = new Compactor({
    ...database,
    transaction: async (work) => {
      commit();
      await slow;
      return database.transaction(work);
    },
  });
  expect(await compactor.compact(room)).toMatchObject({ rows: 1 });
  expect(wordsOf(await readRoom(database.sql, room))).toEqual(["first", "second"]);
  await compactor.stop();
});

test("RO-8 a compaction after any statement of a load takes nothing from it", async () => {
  const { room, first, second } = twoUpdates();
  const { database } = cluster;
  await appendUpdates(database.sql, instance, [first, second]);
  const compactor = new Compactor(database);
  const compacting: Database["sql"] = new Proxy(database.sql, {
    apply: async (target, self, args) => {
      const rows: unknown = await Reflect.apply(target, self, args);
      await compactor.compact(room);
      return rows;
    },
  });
  expect(wordsOf(await readRoom(compacting, room))).toEqual(["first", "second"]);
  expect((await readRoom(database.sql, room)).updates).toEqual([]);
  await compactor.stop();
});
