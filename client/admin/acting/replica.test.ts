import { createRxDatabase, type RxCollection } from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { afterEach, expect, test, vi } from "vitest";
import { registry } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { schemaOf } from "../../db/collections.ts";
import type { Reply } from "../../sync/request.ts";
import { followSchool } from "./replica.ts";

type Asked = readonly { readonly collection: string; readonly checkpoint: string | null }[];
type Answered = readonly { readonly collection: string; readonly documents?: object[]; readonly checkpoint?: string; readonly more?: boolean }[];

const course = (id: string, rev: string) => ({ id, rev, title: { en: id }, state: "published" });
const clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of clean.splice(0)) await one();
});

/** A school whose answers a test writes, and the collections that it comes to. */
async function follow(answer: (asked: Asked, count: number) => Answered | 401) {
  const database = await createRxDatabase({ name: `test-${Math.random()}`, storage: getRxStorageMemory(), multiInstance: false });
  const definitions = registry.filter(({ name }) => name === "courses" || name === "members");
  await database.addCollections(Object.fromEntries(definitions.map((definition) => [definition.name, { schema: schemaOf(definition), autoMigrate: false }])));
  const asked: Asked[] = [];
  const paths: string[] = [];
  const [rounds, failures, renewed] = [vi.fn(), vi.fn(), vi.fn()];
  const state = { over: false };
  const replica = followSchool({
    collections: Object.values(database.collections) as RxCollection<SyncedDocument>[],
    send: (path, { body }): Promise<Reply> => {
      const { pulls } = JSON.parse(body) as { pulls: Asked };
      paths.push(path);
      asked.push(pulls);
      const results = answer(pulls, asked.length);
      const headers = { get: () => null };
      if (results === 401) return Promise.resolve({ status: 401, headers, json: () => Promise.resolve({ error: { code: "session_ended", message: "over" } }) });
      return Promise.resolve({ status: 200, headers, json: () => Promise.resolve({ results }) });
    },
    accessToken: ({ renew }) => {
      if (!renew) return Promise.resolve("token");
      renewed();
      state.over = true;
      return Promise.resolve(null);
    },
    wait: () => Promise.resolve(false),
    gather: () => Promise.resolve(),
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
    stillLeader: () => !state.over,
    onContact: () => undefined,
    onRound: rounds,
    onFailure: failures,
  });
  clean.push(async () => {
    state.over = true;
    replica.stop();
    await database.remove();
  });
  const held = async () => Object.fromEntries((await database.collections["courses"]?.find().exec() ?? []).map((row: { id: string; rev: string }) => [row.id, row.rev]));
  return { replica, asked, paths, rounds, failures, renewed, held };
}

const nothing = (asked: Asked): Answered => asked.map(({ collection }) => ({ collection }));

test("AC2 brings every page, then what is new, changed and gone, and only ever asks", async () => {
  const pages: Record<number, Answered> = {
    1: [{ collection: "courses", documents: [course("a", "1"), course("b", "1")], checkpoint: "c1", more: true }, { collection: "members" }],
    2: [{ collection: "courses", documents: [course("c", "1")], checkpoint: "c2" }],
    3: [{ collection: "courses", documents: [course("a", "2"), { id: "b", _deleted: true }, { id: "z", _deleted: true }], checkpoint: "c3" }, { collection: "members" }],
  };
  const { replica, asked, paths, rounds, failures, held } = await follow((pulls, count) => pages[count] ?? nothing(pulls));
  await vi.waitFor(() => expect(rounds).toHaveBeenCalledTimes(1));
  expect(await held()).toEqual({ a: "1", b: "1", c: "1" });
  replica.look();
  await vi.waitFor(() => expect(rounds).toHaveBeenCalledTimes(2));
  expect(await held()).toEqual({ a: "2", c: "1" });
  expect(asked.map((pulls) => pulls.find(({ collection }) => collection === "courses")?.checkpoint)).toEqual([null, "c1", "c2"]);
  expect(new Set(paths)).toEqual(new Set(["/api/sync/pull"]));
  expect(failures).not.toHaveBeenCalled();
});

test("a document that comes back after it was gone is there again", async () => {
  const pages: Record<number, Answered> = {
    1: [{ collection: "courses", documents: [course("a", "1")], checkpoint: "c1" }, { collection: "members" }],
    2: [{ collection: "courses", documents: [{ id: "a", _deleted: true }], checkpoint: "c2" }, { collection: "members" }],
    3: [{ collection: "courses", documents: [course("a", "3")], checkpoint: "c3" }, { collection: "members" }],
  };
  const { replica, rounds, held } = await follow((pulls, count) => pages[count] ?? nothing(pulls));
  for (const [round, there] of [[1, { a: "1" }], [2, {}], [3, { a: "3" }]] as const) {
    if (round > 1) replica.look();
    await vi.waitFor(() => expect(rounds).toHaveBeenCalledTimes(round));
    expect(await held()).toEqual(there);
  }
});

test("news that are told of during a round are asked for after it, once", async () => {
  const { replica, asked, rounds } = await follow(nothing);
  replica.look();
  replica.look();
  await vi.waitFor(() => expect(rounds).toHaveBeenCalledTimes(1));
  expect(asked.length).toBe(2);
});

test("AC3 a refused token is the end: it is said once, and nothing is asked any more", async () => {
  const { replica, asked, rounds, renewed, failures } = await follow(() => 401);
  await vi.waitFor(() => expect(renewed).toHaveBeenCalled());
  replica.look();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([asked.length, rounds.mock.calls.length, failures.mock.calls.length]).toEqual([1, 0, 0]);
});
