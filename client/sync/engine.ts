import { type Accessor, createSignal } from "solid-js";
import { liveQuery } from "dexie";
import type { RxCollection } from "rxdb/plugins/core";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { countUnsent, type LocalDatabase } from "../db/local.ts";
import { generationName, leaderLock } from "../db/names.ts";
import type { RescuedWork, SyncStatus } from "../person.ts";
import type { FirstPages } from "./first-pages.ts";
import { type Lease, Leadership } from "./leader.ts";
import { noteSynced } from "./last-synced.ts";
import { type Leading, startLeading } from "./leading.ts";
import type { Outcomes } from "./outcome.ts";
import type { Contact } from "./request.ts";
import { Round } from "./round.ts";
import { nextPhase, type Progress, statusOf, type SyncEvent } from "./status.ts";
import { makeTabs } from "./tabs.ts";

/** A living tab answers at once; one that is frozen or gone does not (DECISIONS 15). */
const LEADER_ANSWERS_MS = 2_000;
const LEADER_CHECK_MS = 15_000;
const ROUND_MS_MAX = 20_000;

export interface EngineOptions {
  readonly userId: string;
  readonly collections: readonly RxCollection<SyncedDocument>[];
  readonly local: LocalDatabase;
  readonly outcomes: Outcomes;
  readonly firstPages: Promise<FirstPages | null>;
  /** When this device and the server last agreed, ms since 1970; null: never. */
  readonly syncedBefore: Promise<number | null>;
  definitionOf(collection: string): CollectionDefinition;
  /** The server was put back to an earlier state: what is not in the replicated documents is offered again too. */
  onRestored(): Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  accessToken(options: { renew: boolean }): Promise<string | null>;
  /** What a round brought is stored; called before the person is told. */
  onStored(): Promise<void>;
  /** Called while this tab leads, when the server was reached and there may be something to send: events, rooms, uploads. */
  onReached(): void;
  onLeadChange(leads: boolean): void;
  /** Resolves when the person has something to read: a device that has synced before begins then, it must not slow the first look. */
  firstScreen(): Promise<void>;
  onFailure(error: unknown): void;
}

export interface Engine {
  readonly status: Accessor<SyncStatus>;
  readonly rescued: Accessor<readonly RescuedWork[]>;
  readonly leads: Accessor<boolean>;
  /** Resolves when the round ended, or when it will not: whether the server was reached. */
  syncNow(): Promise<boolean>;
  /** The session is back. */
  wake(): void;
  close(): Promise<void>;
}

/**
 * Duty: keeps this device and the server in agreement while the app is open, in one tab, and tells every tab how it stands.
 * Invariant: at most one tab's answers count; `progress` is the leader's word, counts are read from the device by each tab.
 * What breaks: the leader closes, freezes or loses its lock; another tab leads from what is on the device. Nothing is kept in memory
 * that a crash could lose.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { local, clock, userId } = options;
  const tabs = makeTabs(userId);
  const round = new Round(options.collections.map(({ name }) => name));
  const syncedBefore = await options.syncedBefore;
  const [progress, setProgress] = createSignal<Progress>({ phase: navigator.onLine ? "syncing" : "offline", lastSyncedAt: syncedBefore, firstSync: syncedBefore === null });
  const [counts, setCounts] = createSignal({ pending: 0, attention: 0 });
  const [rescued, setRescued] = createSignal<readonly RescuedWork[]>([]);
  const [leads, setLeads] = createSignal(false);
  let leading: Leading | null = null;
  let starting: Promise<void> = Promise.resolve();

  const tell = (change: Partial<Progress>) => {
    const next = { ...progress(), ...change };
    if (Object.entries(change).every(([key, value]) => progress()[key as keyof Progress] === value)) return;
    setProgress(next);
    tabs.tell({ kind: "progress", progress: next });
  };
  const happened = (event: SyncEvent) => tell({ phase: nextPhase(progress().phase, event) });
  const noteExchange = () => {
    const at = clock.now();
    noteSynced(local, at).catch(options.onFailure);
    tell({ lastSyncedAt: at });
  };
  const settle = () => round.complete && counts().pending === 0 && happened("settled");

  const pendingWatch = liveQuery(async () => ({ pending: await countUnsent(local), attention: await local.rescued.count() })).subscribe((next) => {
    const before = counts().pending;
    setCounts(next);
    if (!leading) return;
    if (next.pending > before) happened("changed");
    // Only the server's answer empties the list, so it was reached.
    else if (next.pending < before) {
      noteExchange();
      settle();
    }
  });
  const rescuedWatch = liveQuery(() => local.rescued.orderBy("at").reverse().toArray()).subscribe(setRescued);

  const onContact = (contact: Contact) => {
    happened(contact === "reached" ? "reached" : "unreachable");
    if (contact === "reached") return;
    round.release();
    tabs.tell({ kind: "round-ended" });
  };
  const onRoundEnd = async () => {
    await options.onStored().catch(options.onFailure);
    noteExchange();
    tell({ firstSync: false });
    settle();
    tabs.tell({ kind: "round-ended" });
    options.onReached();
  };

  const lead = async (lease: Lease) => {
    leading = await startLeading({ ...options, round, onContact, onRoundEnd: () => void onRoundEnd() }, lease);
    setLeads(true);
    options.onLeadChange(true);
  };
  const lose = async () => {
    setLeads(false);
    options.onLeadChange(false);
    const was = leading;
    leading = null;
    await was?.stop();
  };
  const leadership = new Leadership({
    locks: navigator.locks,
    name: leaderLock(userId),
    generation: generationOf(userId),
    isVisible: () => document.visibilityState === "visible",
    leaderAnswers: () => {
      const answer = tabs.expect("progress", LEADER_ANSWERS_MS);
      tabs.tell({ kind: "who-leads" });
      return answer;
    },
    onLead: (lease) => {
      starting = starting.then(() => lead(lease)).catch(options.onFailure);
    },
    onLose: () => {
      starting = starting.then(lose).catch(options.onFailure);
    },
  });

  tabs.listen((message) => {
    if (message.kind === "progress" && !leading) setProgress(message.progress);
    if (!leading) return;
    if (message.kind === "who-leads") tabs.tell({ kind: "progress", progress: progress() });
    if (message.kind === "sync-now") leading.syncNow();
  });

  const syncNow = async () => {
    const reached = () => progress().phase !== "offline";
    if (!leading) {
      tabs.tell({ kind: "sync-now" });
      return (await tabs.expect("round-ended", ROUND_MS_MAX)) && reached();
    }
    // A connection that answers nothing says nothing of itself.
    const limit = new Promise<false>((resolve) => setTimeout(() => resolve(false), ROUND_MS_MAX));
    leading.syncNow();
    return (await Promise.race([round.end().then(() => true), limit])) && reached();
  };

  const onShown = () => {
    // Hidden: what waits for a pause in typing goes now, this page may never be shown again.
    if (document.visibilityState !== "visible") return leading?.wake();
    void leadership.check();
    leading?.wake();
    if (leading && round.complete) leading.syncNow();
  };
  const onOnline = () => leading?.syncNow();
  const onOffline = () => leading && happened("unreachable");
  document.addEventListener("visibilitychange", onShown);
  window.addEventListener("online", onOnline);
  window.addEventListener("offline", onOffline);
  let checking: ReturnType<typeof setInterval> | undefined;
  let closed = false;
  const begin = () => {
    if (closed) return;
    checking = setInterval(() => void leadership.check(), LEADER_CHECK_MS);
    leadership.start();
    // Asks who leads, which brings the leader's word, and takes over if nobody answers.
    void leadership.check();
  };
  if (syncedBefore === null) begin();
  else void options.firstScreen().then(begin);

  return {
    status: () => statusOf(progress(), counts()),
    rescued,
    leads,
    syncNow,
    wake: () => leading?.syncNow(),
    close: async () => {
      closed = true;
      clearInterval(checking);
      document.removeEventListener("visibilitychange", onShown);
      window.removeEventListener("online", onOnline);
      window.removeEventListener("offline", onOffline);
      pendingWatch.unsubscribe();
      rescuedWatch.unsubscribe();
      leadership.stop();
      await starting;
      await lose();
      tabs.close();
    },
  };
}

/** Read at once by every tab, so in localStorage. Where that is refused, the lock alone decides. */
function generationOf(userId: string) {
  const key = generationName(userId);
  const read = () => Number(localStorage.getItem(key) ?? 0);
  return {
    read,
    advance: () => {
      const next = read() + 1;
      localStorage.setItem(key, String(next));
      return next;
    },
  };
}
