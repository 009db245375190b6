import { createSignal } from "solid-js";
import { createRxDatabase, type RxCollection } from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { collectionNamed, registry } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { schemaOf } from "../../db/collections.ts";
import { useCompleteIndexes } from "../../db/query-plan.ts";
import { download } from "../../files/download.ts";
import { makeAddresses } from "../../files/store.ts";
import type { Collections, FileStore, PersonSpace, SyncStatus } from "../../person.ts";
import { listenForHints } from "../../sync/hints.ts";
import { makeKeptAnswers } from "../../sync/kept-answers.ts";
import { Refused } from "../../sync/request.ts";
import { openHintStream, sendOverNetwork } from "../../sync/transport.ts";
import { makeWaker } from "../../sync/waker.ts";
import { showToast } from "../../ui/toast.ts";
import type { Acting } from "./acting.ts";
import { followSchool } from "./replica.ts";
import { said } from "./words.ts";

const BEGINNING: SyncStatus = { state: "syncing", pending: 0, attention: 0, reachable: true, lastSyncedAt: null, firstSync: true };
const refuse = (): void => showToast(said("acting.refused"));
const nothing = (): Promise<void> => Promise.resolve();
const refused = (): Promise<void> => {
  refuse();
  return Promise.resolve();
};

/** Answers as of a device that has none yet; what it keeps is in memory. */
function makeAnswers(accessToken: Acting["token"]) {
  const kept = new Map<string, unknown>();
  const local = {
    setting: <Value>(name: string) => Promise.resolve((kept.get(name) ?? null) as Value | null),
    set: (name: string, value: unknown) => Promise.resolve(void kept.set(name, value)),
    settings: { delete: (name: string) => Promise.resolve(void kept.delete(name)) },
  };
  return makeKeptAnswers({ local, clock: systemClock, accessToken });
}

/** Pictures are fetched as they are looked at, and stay as long as they are shown. */
function makeFiles(accessToken: Acting["token"]): FileStore {
  const none = new Set<string>();
  const get = async (fileId: string) => {
    const got = await download({ accessToken }, fileId);
    return got.kind === "file" ? got.blob : null;
  };
  return {
    ...makeAddresses(() => Promise.resolve(null), get),
    has: () => Promise.resolve(false),
    onDevice: () => none,
    kept: () => new Map(),
    keep: refused,
    pause: refused,
    release: refused,
    add: () => Promise.reject(new Error(said("acting.refused"))),
  };
}

/**
 * The app of whom the administrator looks as, over nothing but memory: no store of the device has a trace of it, neither while it is open nor after a
 * crash. There is nothing in it that sends: no outbox, no activity, no rooms; and its database has no writer (`db/write.ts`), so that what
 * would write and was forgotten fails instead.
 */
export async function openActingSpace({ user, token, end }: Acting): Promise<{ readonly space: PersonSpace; close(): Promise<void> }> {
  useCompleteIndexes();
  const ending = new AbortController();
  const { signal } = ending;
  const database = await createRxDatabase<Collections>({
    name: `acting-${newId({ clock: systemClock, random: systemRandom })}`,
    storage: getRxStorageMemory(),
    multiInstance: false,
    eventReduce: true,
    allowSlowCount: true,
  });
  await database.addCollections(Object.fromEntries(registry.map((definition) => [definition.name, { schema: schemaOf(definition), autoMigrate: false }])));
  const { collections } = database;
  const [status, setStatus] = createSignal(BEGINNING);
  const change = (now: Partial<SyncStatus>) => setStatus((before) => ({ ...before, ...now }));
  const waker = makeWaker();
  const away = () => change({ state: "offline", reachable: false });

  const replica = followSchool({
    collections: Object.values(collections) as RxCollection<SyncedDocument>[],
    versionOf: (name) => collectionNamed(name)?.version ?? 1,
    send: sendOverNetwork(signal),
    accessToken: token,
    wait: waker.wait,
    gather: waker.pause,
    random: systemRandom,
    stillLeader: () => !signal.aborted,
    onContact: (contact) => (contact === "reached" ? change({ reachable: true, state: status().firstSync ? "syncing" : "synced" }) : away()),
    onRound: () => change({ state: "synced", reachable: true, firstSync: false, lastSyncedAt: systemClock.now() }),
    onFailure: (error) => {
      console.error(error);
      // What no repetition changes, as after a restore of the server: there is no more to see.
      if (error instanceof Refused) end("failed");
    },
  });
  const openStream = async (text: string, until: AbortSignal) => {
    const opened = await openHintStream(text, until);
    if (opened !== "refused") return opened;
    await token({ renew: true });
    return null;
  };
  void listenForHints({ openStream, accessToken: () => token({ renew: false }), random: systemRandom, wait: waker.wait, gather: waker.pause, monotonic: systemClock.monotonic, onHint: replica.look }, signal);
  const back = () => {
    waker.wake();
    replica.look();
  };
  window.addEventListener("online", back, { signal });
  window.addEventListener("offline", away, { signal });

  const space: PersonSpace = {
    user: () => user,
    database,
    collections,
    sync: {
      status,
      syncNow: () => {
        back();
        return Promise.resolve(status().reachable);
      },
      outbox: () => Promise.resolve([]),
      rescued: () => [],
      discardRescued: nothing,
      restoreRescued: nothing,
      waysOut: () => Promise.resolve({ send: false, note: false, inCourse: false }),
      sendRescuedAgain: refused,
    },
    activity: { visit: () => ({ id: "", end: () => undefined }), record: nothing },
    files: makeFiles(token),
    rooms: { mark: refused, clear: nothing, list: () => Promise.resolve([]) },
    answers: makeAnswers(token),
    leads: () => false,
    accessToken: token,
    storage: () => Promise.resolve({ text: 0, media: 0, quota: null }),
    trouble: { full: () => false, loss: () => null, dismissLoss: () => undefined },
    looking: { refuse },
  };
  return {
    space,
    close: async () => {
      ending.abort();
      waker.wake();
      replica.stop();
      // Closed only, its rows would stay in the memory of this page.
      await database.remove();
    },
  };
}
