import type { RxCollection } from "rxdb/plugins/core";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { POLL_SECONDS } from "@mochila/shared/limits.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { type LocalDatabase, unsentIds } from "../db/local.ts";
import type { FirstPages } from "./first-pages.ts";
import { listenForHints } from "./hints.ts";
import type { Lease } from "./leader.ts";
import type { Outcomes } from "./outcome.ts";
import { PullChannel } from "./pull-channel.ts";
import { PushChannel } from "./push-channel.ts";
import { makeQuiet } from "./quiet.ts";
import { startReplications } from "./replicate.ts";
import type { Contact, Refused } from "./request.ts";
import type { Round } from "./round.ts";
import { openHintStream, sendOverNetwork } from "./transport.ts";
import { makeWaker } from "./waker.ts";

export interface LeadingOptions {
  readonly collections: readonly RxCollection<SyncedDocument>[];
  readonly local: LocalDatabase;
  readonly outcomes: Outcomes;
  /** What was asked for before the engine stood. */
  readonly firstPages: Promise<FirstPages | null>;
  /** Milliseconds that a local write of a collection waits for the next one before it is sent. */
  sendAfterMs(collection: string): number;
  readonly round: Round;
  readonly clock: Clock;
  readonly random: Random;
  accessToken(options: { renew: boolean }): Promise<string | null>;
  onContact(contact: Contact): void;
  /** All collections have everything the server had. */
  onRoundEnd(): void;
  onFailure(error: unknown): void;
}

export interface Leading {
  /** Ends the waiting between tries and asks all collections. */
  syncNow(): void;
  /** The network or the session is back. */
  wake(): void;
  stop(): Promise<void>;
}

const EPOCH_SETTING = "epoch";

/** What the leading tab runs: replications, hints and the poll that covers lost hints. `lease`: everything ends with it. */
export async function startLeading(options: LeadingOptions, lease: Lease): Promise<Leading> {
  const { collections, local, outcomes, round, clock, random } = options;
  const names = collections.map(({ name }) => name);
  const ending = new AbortController();
  const waker = makeWaker();
  await outcomes.heal((collection, ids) => revsOf(collections, collection, ids));

  let reachable = true;
  /** What one request has learned is true for all: the others need not sit out their waits. */
  const noteReachable = (now: boolean) => {
    if (now && !reachable) waker.wake();
    reachable = now;
  };
  const requests = {
    send: sendOverNetwork(ending.signal),
    accessToken: options.accessToken,
    wait: waker.wait,
    gather: waker.pause,
    random,
    stillLeader: () => lease.valid() && !ending.signal.aborted,
    onContact: (contact: Contact) => {
      noteReachable(contact === "reached");
      options.onContact(contact);
    },
  };
  // Nobody waits for a page of which nothing will be written.
  const ended = new Promise<null>((resolve) => ending.signal.addEventListener("abort", () => resolve(null)));
  const first = Promise.race([options.firstPages, ended]);
  const pulls = new PullChannel({ ...requests, first });
  const pushes = new PushChannel({ ...requests, order: names, onAnswers: outcomes.note });

  let epoch = (await local.setting<string>(EPOCH_SETTING)) ?? "0";
  const hurried = () => document.visibilityState === "hidden" || !requests.stillLeader();
  const quietOf = (collection: string) => {
    const ms = options.sendAfterMs(collection);
    return ms > 0 ? makeQuiet({ ms, monotonic: clock.monotonic, wait: waker.wait, hurried }) : null;
  };
  const onEnd = (collection: string) => void (requests.stillLeader() && round.ended(collection) && options.onRoundEnd());
  const begin = () => startReplications({ collections, pulls, pushes, epoch, unsentIds: (collection) => unsentIds(local, collection), quietOf, onEnd, onError });
  let restarting = false;

  function onError(error: unknown): void {
    // Given up on purpose: at a sign-out, or when another tab leads. What was not sent stays marked and goes at the next start.
    if (!requests.stillLeader()) return;
    const epochNow = changedEpoch(error);
    if (epochNow === null) options.onFailure(error);
    else if (!restarting) void restart(epochNow);
  }

  /** The server was restored: begin every collection anew and offer all local work (SYNC.md B.1). */
  async function restart(next: string): Promise<void> {
    if (next === epoch) return;
    restarting = true;
    epoch = next;
    await local.set(EPOCH_SETTING, epoch);
    const stopped = replications.stop();
    waker.wake();
    await stopped;
    restarting = false;
    if (!requests.stillLeader()) return;
    round.expect([]);
    replications = begin();
  }

  const resync = (which: readonly string[]) => {
    round.expect(which);
    replications.resync(which);
  };
  round.expect([]);
  let replications = begin();
  const hints = {
    accessToken: () => options.accessToken({ renew: false }),
    openStream: async (token: string, signal: AbortSignal) => {
      const opened = await openHintStream(token, signal);
      if (opened) noteReachable(true);
      return opened;
    },
    random,
    wait: waker.pause,
    monotonic: clock.monotonic,
  };
  void listenForHints({ ...hints, onHint: (which) => !ending.signal.aborted && resync(which) }, ending.signal);
  const poll = setInterval(() => round.complete && resync([]), POLL_SECONDS * 1_000 * (0.9 + random.fraction() / 5));

  return {
    syncNow: () => {
      waker.wake();
      resync([]);
    },
    wake: () => waker.wake(),
    stop: async () => {
      clearInterval(poll);
      ending.abort();
      const stopped = replications.stop();
      waker.wake();
      await stopped;
    },
  };
}

async function revsOf(collections: readonly RxCollection<SyncedDocument>[], name: string, ids: readonly string[]): Promise<Map<string, string>> {
  const collection = collections.find((one) => one.name === name);
  const documents = (await collection?.storageInstance.findDocumentsById([...ids], true)) ?? [];
  return new Map(documents.map((document) => [document.id, document.rev]));
}

/** RxDB wraps what a handler threw and keeps only its plain fields. */
function changedEpoch(error: unknown): string | null {
  const wrapped = (error as { parameters?: { errors?: unknown[] } }).parameters?.errors ?? [error];
  for (const one of wrapped) {
    const { code, details } = one as Partial<Refused>;
    const epoch = details?.["epoch"];
    if (code === "epoch_changed") return typeof epoch === "string" ? epoch : "1";
  }
  return null;
}
