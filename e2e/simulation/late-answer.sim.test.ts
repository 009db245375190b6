import { setTimeout as pause } from "node:timers/promises";
import { schemaOf } from "@mochila/client/db/collections.ts";
import { modules } from "@mochila/shared/courses/module.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import {
  createRevision,
  defaultHashSha256,
  fillWithDefaultSettings,
  getRxReplicationMetaInstanceSchema,
  now,
  replicateRxStorageInstance,
  type RxDocumentData,
  type RxStorageInstanceReplicationState,
  type RxStorageReplicationMeta,
} from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { Subject } from "rxjs";
import { expect, it } from "vitest";

const ID = "00000000-0000-7000-8000-000000000001";
type Version = SyncedDocument & { _deleted: boolean };
const version = (rev: string): Version => ({ id: ID, rev, _deleted: false });

/**
 * One document. A pull is on its way; the device's write "mine" is taken; while its answer is on the way somebody writes "newer", and
 * the pull brings that first. (RxDB itself begins no pull while a push runs, but goes on with one that began.) Returns what the device
 * holds in the end.
 */
async function afterLateAnswer(name: string, waits: boolean): Promise<string | undefined> {
  const storage = getRxStorageMemory();
  const schema = fillWithDefaultSettings(schemaOf(modules as unknown as CollectionDefinition));
  const create = { databaseName: name, databaseInstanceToken: name, options: {}, multiInstance: false, devMode: false };
  const fork = await storage.createStorageInstance<SyncedDocument>({ ...create, collectionName: "fork", schema });
  const metaSchema = getRxReplicationMetaInstanceSchema<SyncedDocument, unknown>(schema, false);
  const metaInstance = await storage.createStorageInstance<RxStorageReplicationMeta<SyncedDocument, unknown>>({ ...create, collectionName: "meta", schema: metaSchema });
  const pages: Version[] = [version("first")];
  const resync = new Subject<"RESYNC">();
  let slow = false;
  let writeNewer = () => undefined as void;
  const newerIsWritten = new Promise<void>((resolve) => (writeNewer = resolve));
  let pushed = () => undefined as void;
  const isPushed = new Promise<void>((resolve) => (pushed = resolve));
  const state: RxStorageInstanceReplicationState<SyncedDocument> = replicateRxStorageInstance<SyncedDocument>({
    identifier: name, forkInstance: fork, metaInstance, pullBatchSize: 1, pushBatchSize: 10, hashFunction: defaultHashSha256, skipStoringPullMeta: false,
    conflictHandler: { isEqual: (left, right) => left.rev === right.rev, resolve: ({ realMasterState }) => Promise.resolve(realMasterState) },
    replicationHandler: {
      masterChangeStream$: resync,
      masterChangesSince: async (checkpoint: { at: number } | undefined) => {
        const at = checkpoint?.at ?? 0;
        // On its way to the server: what is committed meanwhile is in the page.
        if (slow) await newerIsWritten;
        const documents = pages.slice(at, at + 1);
        if (waits) await state.streamQueue.up;
        return { documents, checkpoint: { at: at + documents.length } };
      },
      masterWrite: async () => {
        pushed();
        await pause(60);
        return [];
      },
    },
  });
  const read = async () => (await fork.findDocumentsById([ID], true))[0];
  while ((await read())?.rev !== "first") await pause(1);
  await pause(20);
  slow = true;
  resync.next("RESYNC");
  await pause(10);
  const previous = await read();
  const document = { ...previous, rev: "mine", _meta: { lwt: now() }, _rev: createRevision(name, previous) } as RxDocumentData<SyncedDocument>;
  await fork.bulkWrite([previous ? { previous, document } : { document }], "local-write");
  await isPushed;
  pages.push(version("newer"));
  writeNewer();
  await pause(150);
  resync.next("RESYNC");
  await pause(50);
  state.events.canceled.next(true);
  return (await read())?.rev;
}

it("D1 a version that comes before the answer to an older write is kept, because its page waits", async () => {
  expect(await afterLateAnswer("waiting", true)).toBe("newer");
});

it("D1 without the wait the device stays wrong: if RxDB ever heals this itself, the wait can go", async () => {
  expect(await afterLateAnswer("hasty", false)).toBe("mine");
});
