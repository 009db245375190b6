import { afterAll, beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { updateFrame } from "./room-messages.ts";
import { Room, type Taken } from "./room.ts";
import { Compactor } from "./snapshot.ts";
import { type NewUpdate, readRoom } from "./store.ts";
import { UpdateDecoder } from "./update-decoder.ts";
import { UpdateLog } from "./update-log.ts";

let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
const instance = newId();
beforeAll(async () => {
  cluster = await createTestDatabase();
});
afterAll(() => cluster.drop());

const append = (updateLog: UpdateLog, update: NewUpdate): Promise<void> => new Promise((resolve, reject) => updateLog.append(update, (failure) => (failure ? reject(failure) : resolve())));
const taken = (room: Room, update: Uint8Array): Promise<Taken> =>
  new Promise((resolve, reject) => room.take({ ...updateFrame(update), from: { send: () => undefined }, actor: newId(), answer: (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)) }));
const makeLog = () => new UpdateLog({ database: cluster.database, log: silentLog, instance, onDurable: () => undefined });

test("more updates than one statement can hold become durable, as after an outage of Postgres", async () => {
  const updateLog = makeLog();
  const room = pageRoom(newId(), "en");
  const upd = Y.encodeStateAsUpdate(new Y.Doc());
  await Promise.all(Array.from({ length: 17_000 }, () => append(updateLog, { room, actor: null, upd })));
  expect((await readRoom(cluster.database.sql, room)).updates).toHaveLength(17_000);
  await updateLog.stop();
}, 20_000);

test("an update that could not be stored is not taken for a known one when it comes again", async () => {
  const updateLog = makeLog();
  const decoder = new UpdateDecoder();
  const compactor = new Compactor(cluster.database);
  const name = pageRoom(newId(), "en");
  const room = await Room.load(name, { database: cluster.database, log: silentLog, instance, updateLog, decoder, compactor });
  const typed = new Y.Doc();
  typed.getText("t").insert(0, "hello");
  const update = Y.encodeStateAsUpdate(typed);
  const store = updateLog.append.bind(updateLog);
  updateLog.append = (_, done) => done(new CodedError("unavailable", "Postgres is away and the queue is full"));
  await expect(taken(room, update)).rejects.toThrow("away");
  updateLog.append = store;
  expect(await taken(room, update)).toBe("durable");
  expect((await readRoom(cluster.database.sql, name)).updates).toHaveLength(1);
  room.destroy();
  await Promise.all([updateLog.stop(), decoder.stop(), compactor.stop()]);
});

test("of two who send the same to a room that is full neither is told that it is durable", async () => {
  const updateLog = makeLog();
  const decoder = new UpdateDecoder();
  const compactor = new Compactor(cluster.database);
  const name = pageRoom(newId(), "en");
  await append(updateLog, { room: name, actor: null, upd: Y.encodeStateAsUpdate(new Y.Doc()) });
  const room = await Room.load(name, { database: cluster.database, log: silentLog, instance, updateLog, decoder, compactor });
  Object.defineProperty(room, "full", { value: true });
  const typed = new Y.Doc();
  typed.getText("t").insert(0, "hello");
  const update = Y.encodeStateAsUpdate(typed);
  // The second comes while the first waits for the log to be merged.
  expect(await Promise.all([taken(room, update), taken(room, update)])).toEqual(["full", "full"]);
  room.destroy();
  await Promise.all([updateLog.stop(), decoder.stop(), compactor.stop()]);
});
