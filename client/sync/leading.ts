import type { RxCollection } from "rxdb/plugins/core";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { POLL_SECONDS } from "@mochila/shared/limits.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { type LocalDatabase, unsentIds } from "../db/local.ts";
import { rescueLost } from "./conflict-handler.ts";
import type { FirstPages } from "./first-pages.ts";
import { findGaps } from "./gaps.ts";
import { listenForHints } from "./hints.ts";
import { makeLastOffered, makeLastTaken } from "./last-taken.ts";
import type { Lease } from "./leader.ts";
import { answerRestore, type Row } from "./offer-again.ts";
import type { Outcomes } from "./outcome.ts";
import { PullChannel } from "./pull-channel.ts";
import { PushChannel, type RowAnswer } from "./push-channel.ts";
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
  definitionOf(collection: string): CollectionDefinition;
  /** The server was put back to an earlier state: what is not in the replicated documents is offered again too. */
  onRestored(): Promise<void>;
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

const CHECKED = "gaps-checked-at";
/** It costs as much as the device holds. */
const CHECK_EVERY_MS = 24 * 3_600_000;
/** The person looks at what has just come first. */
const CHECK_AFTER_MS = 10_000;
const FORGOTTEN = "forgotten-checkpoints";

const RESTART_AGAIN_MS = 5_000;

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
    if (now && !reachable) waker.wake({ anew: false });
    reachable = now;
  };
  const requests = {
    versionOf: (collection: string) => options.definitionOf(collection).version,
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
  const forgotten = new Set(await local.setting<string[]>(FORGOTTEN));
  const lastTaken = makeLastTaken({ local, clock });
  const makeChannels = (asked: { readonly first?: Promise<FirstPages | null> }) => {
    const pulls = new PullChannel({ ...requests, ...asked, collections: names, forgotten, lastTaken });
    return { pulls, pushes: new PushChannel({ ...requests, order: names, seen: () => pulls.seen(), taken: lastTaken.say, onAnswers: outcomes.note }) };
  };
  let channels = makeChannels({ first });

  const hurried = () => document.visibilityState === "hidden" || !requests.stillLeader();
  const quietOf = (collection: string) => {
    const { sendAfterMs: ms = 0 } = options.definitionOf(collection);
    return ms > 0 ? makeQuiet({ ms, monotonic: clock.monotonic, wait: waker.wait, hurried }) : null;
  };
  const onEnd = (collection: string) => {
    if (!requests.stillLeader()) return;
    void lastTaken.written(collection).catch(options.onFailure);
    if (!round.ended(collection)) return;
    options.onRoundEnd();
    void repairGaps().catch(options.onFailure);
  };
  const begin = () => startReplications({ collections, ...channels, unsentIds: (collection) => unsentIds(local, collection), onNoted: outcomes.settle, quietOf, onEnd, onError });
  let restarting = false;

  function onError(error: unknown): void {
    // Given up on purpose: at a sign-out, or when another tab leads. What was not sent stays marked and goes at the next start.
    if (!requests.stillLeader()) return;
    if (!isRestored(error)) options.onFailure(error);
    else if (!restarting) void restart();
  }

  /** The server was put back to an earlier state (SYNC.md B.1). */
  async function restart(): Promise<void> {
    restarting = true;
    try {
      // Says nothing of what it has seen: this is the answer to that.
      const offered = makeLastOffered(() => local.accepted.toArray());
      const onAnswers = (answers: readonly RowAnswer[]) => {
        offered.note(answers);
        return outcomes.note(answers);
      };
      const pushes = new PushChannel({ ...requests, order: names, onAnswers });
      const { pulls } = channels;
      await lastTaken.beginAgain();
      await answerRestore({
        collections,
        accepted: offered.accepted,
        believed: replications.believed,
        stop: stopReplications,
        push: (collection, rows) => pushes.push(collection, rows) as Promise<Row[]>,
        rescue: (collection, mine, master) =>
          rescueLost({ definition: options.definitionOf(collection), store: outcomes, clock, reason: "epoch_changed" }, { mine, base: undefined, master }),
        isRefused: (collection, { id, rev }) => outcomes.takeAnswer(collection, id, rev)?.refused !== undefined,
        onRestored: options.onRestored,
        reached: () => pulls.reached(),
        forgotten,
        keepForgotten: (checkpoints) => local.set(FORGOTTEN, checkpoints),
      });
      await lastTaken.replace(offered.last());
    } catch (error) {
      if (requests.stillLeader()) options.onFailure(error);
      await waker.wait(RESTART_AGAIN_MS);
      await stopReplications();
    }
    restarting = false;
    if (!requests.stillLeader()) return;
    // Not what was asked before the restore was known.
    channels = makeChannels({});
    round.expect([]);
    replications = begin();
  }

  let checking = false;
  /** After the first round that ended, and then once a day, when nobody waits for anything. */
  async function repairGaps(): Promise<void> {
    const checkedAt = await local.setting<number>(CHECKED);
    if (checking || (checkedAt !== null && clock.now() - checkedAt < CHECK_EVERY_MS && clock.now() >= checkedAt)) return;
    checking = true;
    try {
      await waker.pause(CHECK_AFTER_MS);
      if (!requests.stillLeader()) return;
      const { pulls } = channels;
      const gaps = await findGaps({ collections, ask: () => pulls.check(names), isWaiting: async (name) => (await unsentIds(local, name)).length > 0 });
      if (!requests.stillLeader() || pulls !== channels.pulls) return;
      await local.set(CHECKED, clock.now());
      for (const [name, { ids }] of gaps) pulls.repair(name, ids);
      if (gaps.size > 0) resync([...gaps.keys()]);
    } catch (error) {
      if (requests.stillLeader()) throw error;
    } finally {
      checking = false;
    }
  }

  const stopReplications = async () => {
    const stopped = replications.stop();
    waker.wake();
    await stopped;
  };
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
      if (opened !== "refused") return opened;
      // Where nothing is sent or pulled nobody else would hear that the session has ended.
      await options.accessToken({ renew: true });
      return null;
    },
    random,
    wait: waker.wait,
    gather: waker.pause,
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
      await stopReplications();
    },
  };
}

async function revsOf(collections: readonly RxCollection<SyncedDocument>[], name: string, ids: readonly string[]): Promise<Map<string, string>> {
  const collection = collections.find((one) => one.name === name);
  const documents = (await collection?.storageInstance.findDocumentsById([...ids], true)) ?? [];
  return new Map(documents.map((document) => [document.id, document.rev]));
}

/** RxDB wraps what a handler threw and keeps only its plain fields. */
function isRestored(error: unknown): boolean {
  const wrapped = (error as { parameters?: { errors?: unknown[] } }).parameters?.errors ?? [error];
  return wrapped.some((one) => (one as Partial<Refused>).code === "epoch_changed");
}
