import { type Accessor, createEffect, createRoot, createSignal, on } from "solid-js";
import type { RxCollection } from "rxdb/plugins/core";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { collectionNamed, registry } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { formOf } from "@mochila/shared/sync/upgrade.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { makePageVisit } from "./activity/page-visit.ts";
import { waitingSummary } from "./activity/queue.ts";
import { makeRecorder, type RecordedEvent } from "./activity/recorder.ts";
import { makeSender } from "./activity/sender.ts";
import { holdForm } from "./db/hold-form.ts";
import { LocalDatabase } from "./db/local.ts";
import { insist, type InsistOptions } from "./db/insist.ts";
import { dismissLoss, findLoss, noteStores, noteUnsent } from "./db/losses.ts";
import { openPersonDatabase } from "./db/open.ts";
import { makeReserve } from "./db/reserve.ts";
import { makeRoomNotes } from "./db/room-notes.ts";
import { makeTitleOf } from "./db/titles.ts";
import { writesEnded } from "./db/write.ts";
import { openFiles, type PersonFiles } from "./files/store.ts";
import { watchFileLists } from "./files-in-documents.ts";
import type { PersonSpace } from "./person.ts";
import { noteRoomsAgain, rescueOfRooms } from "./rescued-rooms.ts";
import { makeRescuedWork } from "./rescued-work.ts";
import { firstScreen } from "./ui/first-screen.ts";
import type { SessionState } from "./users/session-control.ts";
import { conflictHandlerFor } from "./sync/conflict-handler.ts";
import { startEngine } from "./sync/engine.ts";
import { askFirstPages } from "./sync/first-pages.ts";
import { lastSyncedAt } from "./sync/last-synced.ts";
import { makeKeptAnswers } from "./sync/kept-answers.ts";
import { listOutbox } from "./sync/outbox.ts";
import { makeOutcomes } from "./sync/outcome.ts";
import { sendOverNetwork } from "./sync/transport.ts";
import { makeWaker } from "./sync/waker.ts";

export interface OpenPersonOptions {
  readonly user: Accessor<User>;
  readonly clock: Clock;
  readonly random: Random;
  token(options: { renew: boolean }): Promise<string | null>;
  readonly session: Accessor<SessionState>;
  /** A newer version of the app waits for this tab to close what it has open here. */
  onNewer(): void;
}

/** Opens one person's databases and starts the engines over them: where sync, activity and files meet the documents. */
export async function openPersonSpace({ user, clock, random, token, session, onNewer }: OpenPersonOptions): Promise<{ space: PersonSpace; close(): Promise<void> }> {
  const userId = user().id;
  const form = formOf(registry);
  const leaveForm = await holdForm({ userId, form, onNewer });
  const [loss, setLoss] = createSignal(await findLoss(userId));
  const local = new LocalDatabase(userId);
  const { pause } = makeWaker();
  const titleOf = makeTitleOf(() => collections);
  const outcomes = makeOutcomes({ local, clock, titleOf, pause });
  const onFailure = (error: unknown) => console.error(error);
  let files: PersonFiles | null = null;
  const closing = new AbortController();
  const shared = { local, clock, random, accessToken: token };
  const syncedBefore = lastSyncedAt(local);
  const definitionOf = (name: string) => {
    const definition = collectionNamed(name);
    assert(definition, "every collection is in the registry");
    return definition;
  };
  const collectionNames = registry.map(({ name }) => name);
  const firstPages = askFirstPages({ syncedBefore, local, accessToken: token, collections: collectionNames, versionOf: (name) => definitionOf(name).version, send: sendOverNetwork(closing.signal) });
  const reserve = makeReserve({ userId, freeMedia: async () => files?.makeRoom() });
  const storage: InsistOptions = { wait: pause, onFailure: reserve.onFailure };

  const database = await openPersonDatabase({
    userId,
    local,
    clock,
    random,
    titleOf,
    conflictHandlerOf: (definition) => conflictHandlerFor(definition, outcomes, clock),
    storage,
    moveStores: async (opened) => (await import("./db/move-alone.ts")).moveAlone({ database: opened, local, userId, clock, form }),
  }).catch((error: unknown) => {
    closing.abort();
    local.close();
    leaveForm();
    throw error;
  });
  const { collections } = database;
  const all = Object.values(collections) as unknown as RxCollection<SyncedDocument>[];

  let leads = (): boolean => false;
  const sender = makeSender({ ...shared, leads: () => leads() });
  const store = makeRecorder({ local, clock, random, onRecorded: sender.kick });
  const openingFiles = openFiles({ ...shared, userId, leads: () => leads(), watchLists: (listener) => watchFileLists(collections.items, listener) });
  const dirtyRooms = makeRoomNotes({ local, clock, titleOf });
  const rescued = makeRescuedWork({ collections, local, rooms: dirtyRooms, userId });
  let flushing: Promise<void> | null = null;
  /** The editor's code is fetched only if a room waits: students have none. */
  const flushRooms = async () => {
    if ((await local.rooms.count()) === 0) return;
    const { flushDirtyRooms } = await import("./collab/dirty-rooms.ts");
    const rescue = rescueOfRooms({ collections, local, userId, now: () => clock.now() });
    await flushDirtyRooms({ userId, rooms: dirtyRooms, random, accessToken: token, origin: location.origin.replace(/^http/, "ws"), stillLeader: () => leads(), rescue });
  };
  const afterContact = async () => {
    sender.kick();
    const { kick, sweep } = await openingFiles;
    kick();
    flushing ??= flushRooms().catch(onFailure).finally(() => (flushing = null));
    await sweep(new Set((await collections.courses.find().exec()).map(({ id }) => id)));
  };
  const starting = startEngine({
    ...shared,
    userId,
    collections: all,
    outcomes,
    firstPages,
    syncedBefore,
    definitionOf,
    onRestored: () => noteRoomsAgain({ rooms: dirtyRooms, collections, userId }),
    // Closed a moment after "synced", it would not be known what was here.
    onStored: () => noteStores(userId),
    onReached: () => void afterContact().catch(onFailure),
    onLeadChange: (leading) => {
      if (!leading) return;
      void openingFiles.then(({ kick }) => kick()).catch(onFailure);
      sender.kick();
    },
    firstScreen,
    onFailure,
  });
  const [engine, opened] = await Promise.all([starting, openingFiles]);
  files = opened;
  leads = engine.leads;
  const { cache, store: fileStore } = opened;
  // A sign-in over the open app: what waited for it goes on.
  const stopWatching = createRoot((dispose) => {
    const signedIn = () => {
      const state = session();
      return state.kind === "open" && !state.needsSignIn;
    };
    createEffect(on(signedIn, (now) => now && engine.wake(), { defer: true }));
    createEffect(on(() => engine.status().pending, (unsent) => noteUnsent(userId, unsent), { defer: true }));
    return dispose;
  });
  const record = async (event: RecordedEvent) => {
    await insist(() => store(event), { ...storage, isFinal: () => local.hasBeenClosed() });
    // Asked once something is worth keeping, not at the first sight of the app (SYNC.md B.6).
    if (event.verb === "page.opened") void navigator.storage.persist().catch(() => false);
  };

  const space: PersonSpace = {
    user,
    database,
    collections,
    sync: {
      status: engine.status,
      rescued: engine.rescued,
      syncNow: async () => {
        sender.kick();
        return engine.syncNow();
      },
      outbox: () => listOutbox(local, () => waitingSummary(local)),
      discardRescued: (key) => local.rescued.delete(key),
      restoreRescued: async (work) => void (await local.rescued.put(work)),
      waysOut: rescued.waysOut,
      sendRescuedAgain: async (key) => {
        await rescued.sendAgain(key);
        void engine.syncNow();
      },
    },
    activity: { record, visit: (page) => makePageVisit({ page, clock, random, record, onHidden: sender.flush }) },
    files: fileStore,
    rooms: dirtyRooms,
    answers: makeKeptAnswers({ local, clock, accessToken: token }),
    leads: engine.leads,
    accessToken: token,
    storage: async () => {
      const { usage = 0, quota = null } = await navigator.storage.estimate();
      const media = await cache.bytes();
      return { text: Math.max(0, usage - media - (await reserve.bytes())), media, quota };
    },
    trouble: {
      full: reserve.full,
      loss,
      dismissLoss: () => {
        dismissLoss(userId);
        setLoss(null);
      },
    },
  };
  return {
    space,
    close: async () => {
      stopWatching();
      closing.abort();
      reserve.close();
      sender.stop();
      files?.close();
      await engine.close();
      await writesEnded(database);
      await database.close();
      local.close();
      leaveForm();
    },
  };
}
