import "fake-indexeddb/auto";
import { LocalDatabase, unsentIds } from "@mochila/client/db/local.ts";
import { openPersonDatabase } from "@mochila/client/db/open.ts";
import { createDocument } from "@mochila/client/db/write.ts";
import type { Collections } from "@mochila/client/person.ts";
import { conflictHandlerFor } from "@mochila/client/sync/conflict-handler.ts";
import { offerUnsent } from "@mochila/client/sync/offer-unsent.ts";
import { makeOutcomes } from "@mochila/client/sync/outcome.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import { getChangedDocumentsSince, type RxDatabase, type RxStorageInstance } from "rxdb/plugins/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let userId = newId();
let local: LocalDatabase;
let database: RxDatabase<Collections>;

beforeEach(async () => {
  userId = newId();
  local = new LocalDatabase(userId);
  const outcomes = makeOutcomes({ local, clock, pause: () => Promise.resolve() });
  database = await openPersonDatabase({
    userId,
    local,
    clock,
    random,
    conflictHandlerOf: (definition) => conflictHandlerFor(definition, outcomes, clock),
    storage: { wait: () => Promise.resolve(), onFailure: () => Promise.resolve() },
  });
});
afterEach(async () => {
  await database.close();
  local.close();
});

const draft = () => ({ id: newId(), courseId: newId(), userId, itemId: newId(), kind: "note" as const, createdAt: clock.now(), body: "a note" });
const storage = () => database.collections.drafts.storageInstance as unknown as RxStorageInstance<Draft, unknown, unknown>;
const stored = async (id: string) => (await storage().findDocumentsById([id], true))[0];

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
    expect((await idsSince(undefined)).sort()).toEqual((await database.collections.drafts.find().exec()).map(({ id }) => id).sort());
  });
});
