import { afterAll, beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { Room } from "./room.ts";
import { Compactor } from "./snapshot.ts";
import { readRoom } from "./store.ts";
import { UpdateDecoder } from "./update-decoder.ts";
import { UpdateLog } from "./update-log.ts";

let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
const instance = newId();
beforeAll(async () => {
  cluster = await createTestDatabase();
});
afterAll(() => cluster.drop());

const makeLog = () => new UpdateLog({ database: cluster.database, log: silentLog, instance, onDurable: () => undefined });

test("more updates than one statement can hold become durable, as after an outage of Postgres", async () => {
  const updateLog = makeLog();
  const room = pageRoom(newId(), "en");
  const upd = Y.encodeStateAsUpdate(new Y.Doc());
  await Promise.all(Array.from({ length: 17_000 }, () => updateLog.append({ room, actor: null, upd })));
  expect((await readRoom(cluster.database.sql, room)).updates).toHaveLength(17_000);
  await updateLog.stop();
}, 20_000);

test("an update that could not be stored is not taken for a known one when it comes again", async () => {
  const updateLog = makeLog();
  const decoder = new UpdateDecoder();
  const compactor = new Compactor(cluster.database);
  const name = pageRoom(newId(), "en");
  const room = await Room.load(name, { database: cluster.database, log: silentLog, instance, updateLog, decoder, compactor });
  const from = { send: () => undefined };
  const typed = new Y.Doc();
  typed.getText("t").insert(0, "hello");
  const update = Y.encodeStateAsUpdate(typed);
  const append = updateLog.append.bind(updateLog);
  updateLog.append = () => Promise.reject(new CodedError("unavailable", "Postgres is away and the queue is full"));
  await expect(room.take(update, { from, actor: newId() })).rejects.toThrow("away");
  updateLog.append = append;
  expect(await room.take(update, { from, actor: newId() })).toBe("durable");
  expect((await readRoom(cluster.database.sql, name)).updates).toHaveLength(1);
  room.destroy();
  await Promise.all([updateLog.stop(), decoder.stop(), compactor.stop()]);
});

test("of two who send the same to a room that is full neither is told that it is durable", async () => {
  const updateLog = makeLog();
  const decoder = new UpdateDecoder();
  const compactor = new Compactor(cluster.database);
  const name = pageRoom(newId(), "en");
  await updateLog.append({ room: name, actor: null, upd: Y.encodeStateAsUpdate(new Y.Doc()) });
  const room = await Room.load(name, { database: cluster.database, log: silentLog, instance, updateLog, decoder, compactor });
  Object.defineProperty(room, "full", { value: true });
  const typed = new Y.Doc();
  typed.getText("t").insert(0, "hello");
  const update = Y.encodeStateAsUpdate(typed);
  const take = () => room.take(update, { from: { send: () => undefined }, actor: newId() });
  // The second comes while the first waits for the log to be merged.
  expect(await Promise.all([take(), take()])).toEqual(["full", "full"]);
  room.destroy();
  await Promise.all([updateLog.stop(), decoder.stop(), compactor.stop()]);
});
