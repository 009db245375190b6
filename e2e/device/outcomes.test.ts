import "fake-indexeddb/auto";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { putMark } from "@mochila/client/db/marks.ts";
import { conflictHandlerFor } from "@mochila/client/sync/conflict-handler.ts";
import { makeOutcomes, type Outcomes } from "@mochila/client/sync/outcome.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let now = 1_700_000_000_000;
const clock = { now: () => now, monotonic: () => now };
let local: LocalDatabase;
let outcomes: Outcomes;

beforeEach(() => {
  local = new LocalDatabase(newId());
  outcomes = makeOutcomes({ local, clock, titleOf: () => Promise.resolve(null), pause: () => Promise.resolve() });
});
afterEach(() => local.close());

const mark = (id: string, rev: string) => putMark(local, { key: `drafts/${id}`, collection: "drafts", id, rev, courseId: null, itemId: null, bytes: 10, at: now });
const row = (id: string, rev: string) => ({ newDocumentState: { id, rev } });

describe("the books of a push", () => {
  test("an answered write is no longer unsent; a newer one of the same document is", async () => {
    const [a, b, rev] = [newId(), newId(), newRev()];
    await mark(a, rev);
    await mark(b, newRev());
    await outcomes.note([{ collection: "drafts", row: row(a, rev) }, { collection: "drafts", row: row(b, rev) }]);
    expect(await local.dirty.count()).toBe(2);
    await outcomes.settle("drafts", [{ id: a, rev }, { id: b, rev }]);
    expect((await local.dirty.toArray()).map(({ id }) => id)).toEqual([b]);
    expect((await local.accepted.toArray()).map(({ id }) => id).sort()).toEqual([a, b].sort());
  });

  test("a refused revision is not among the accepted ones", async () => {
    await outcomes.note([{ collection: "drafts", row: row(newId(), newRev()), refused: "row_forbidden", master: { id: "x", _deleted: true } }]);
    expect(await local.accepted.count()).toBe(0);
  });

  test("a mark of another tab whose write is on its way stays", async () => {
    const [id, rev] = [newId(), newRev()];
    await mark(id, rev);
    let asked = 0;
    await outcomes.heal(() => Promise.resolve(new Map(asked++ === 0 ? [] : [[id, rev]])));
    expect((await local.dirty.toArray()).map((one) => one.id)).toEqual([id]);
  });

  test("D5 a tab that dies between mark and write leaves the earlier write marked, until that one is answered", async () => {
    const [id, first, second] = [newId(), newRev(), newRev()];
    await mark(id, first);
    await mark(id, second);
    await outcomes.heal(() => Promise.resolve(new Map([[id, first]])));
    expect(await local.dirty.toArray()).toMatchObject([{ id, rev: first }]);
    await outcomes.settle("drafts", [{ id, rev: first }]);
    expect(await local.dirty.count()).toBe(0);
  });

  test("an earlier write that was answered meanwhile is not marked again", async () => {
    const [id, first, second] = [newId(), newRev(), newRev()];
    await mark(id, first);
    await mark(id, second);
    await outcomes.settle("drafts", [{ id, rev: first }]);
    expect(await local.dirty.toArray()).toMatchObject([{ id, rev: second }]);
    await outcomes.heal(() => Promise.resolve(new Map([[id, first]])));
    expect(await local.dirty.count()).toBe(0);
  });

  test("the answer to the last write settles all before it, and months of typing offline do not make a mark grow", async () => {
    const id = newId();
    for (let write = 0; write < 50; write += 1) await mark(id, newRev());
    const last = (await local.dirty.toArray())[0];
    expect(last?.earlier?.length).toBe(8);
    await outcomes.settle("drafts", [{ id, rev: last?.rev ?? "" }]);
    expect(await local.dirty.count()).toBe(0);
  });

  test("at the start, marks of writes that never happened go, and accepted revisions after a week", async () => {
    const [written, lost, rev] = [newId(), newId(), newRev()];
    await mark(written, rev);
    await mark(lost, newRev());
    await outcomes.note([{ collection: "drafts", row: row(newId(), newRev()) }]);
    now += 8 * 24 * 3_600_000;
    await outcomes.heal(() => Promise.resolve(new Map([[written, rev]])));
    expect((await local.dirty.toArray()).map(({ id }) => id)).toEqual([written]);
    expect(await local.accepted.count()).toBe(0);
  });
});

describe("a conflict on the device", () => {
  const definition = collectionNamed("drafts") as CollectionDefinition;
  const id = newId();
  const mine = { id, rev: newRev(), courseId: newId(), itemId: newId(), userId: newId(), kind: "note", body: "mine", createdAt: 1, _deleted: false };
  const master = { ...mine, rev: newRev(), body: "theirs" };
  const resolve = (real: typeof master) => {
    const handler = conflictHandlerFor(definition, outcomes, clock);
    return handler.resolve({ newDocumentState: mine, assumedMasterState: { ...mine, rev: newRev(), body: "old" }, realMasterState: real }, "test");
  };

  test("keeps what would be lost before it takes the master, once however often it is told", async () => {
    await outcomes.note([{ collection: "drafts", row: { newDocumentState: mine }, refused: "row_removed", master }]);
    expect(await resolve(master)).toBe(master);
    expect(await local.rescued.toArray()).toMatchObject([{ key: `${id}/${mine.rev}`, code: "row_removed", text: "mine", fields: { body: "mine" }, itemId: mine.itemId }]);
    await resolve(master);
    expect(await local.rescued.count()).toBe(1);
  });

  test("N1 a later piece of the same document takes the place of one whose words it says; other words stay beside it", async () => {
    const piece = async (body: string) => {
      const one = { ...mine, rev: newRev(), body };
      await outcomes.note([{ collection: "drafts", row: { newDocumentState: one }, refused: "row_forbidden", master }]);
      await conflictHandlerFor(definition, outcomes, clock).resolve({ newDocumentState: one, realMasterState: master }, "test");
    };
    const texts = async () => (await local.rescued.toArray()).map(({ text }) => text).sort();
    await piece("one");
    await piece("one\n\ntwo");
    expect(await texts()).toEqual(["one\n\ntwo"]);
    await piece("three");
    expect(await texts()).toEqual(["one\n\ntwo", "three"]);
  });

  test("N3 a piece says what stands in its place; nothing does where the document is gone", async () => {
    await resolve(master);
    expect(await local.rescued.toArray()).toMatchObject([{ code: "replaced", fields: { body: "mine" }, theirs: { body: "theirs" } }]);
    await resolve({ ...master, _deleted: true });
    expect(await local.rescued.toArray()).toMatchObject([{ theirs: null }]);
  });

  test("a clean merge keeps nothing aside", async () => {
    await resolve({ ...master, body: "mine\n\ntheirs" });
    expect(await local.rescued.count()).toBe(0);
  });
});
