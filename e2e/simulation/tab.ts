import { createHash } from "node:crypto";
import { believeHeld } from "@mochila/client/sync/believe-held.ts";
import { conflictHandlerFor, rescueLost, type RescueStore } from "@mochila/client/sync/conflict-handler.ts";
import { findGaps } from "@mochila/client/sync/gaps.ts";
import { makeLastOffered } from "@mochila/client/sync/last-taken.ts";
import { answerRestore, type Row } from "@mochila/client/sync/offer-again.ts";
import { makeNotedAnswers } from "@mochila/client/sync/noted-answers.ts";
import { offerUnsent } from "@mochila/client/sync/offer-unsent.ts";
import { ownRows } from "@mochila/client/sync/own-rows.ts";
import { acceptedOf } from "@mochila/client/sync/outcome.ts";
import { PullChannel } from "@mochila/client/sync/pull-channel.ts";
import { makePushedMeanwhile } from "@mochila/client/sync/pushed-meanwhile.ts";
import { PushChannel, type RowAnswer } from "@mochila/client/sync/push-channel.ts";
import { Refused, Superseded } from "@mochila/client/sync/request.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { cancelRxStorageReplication, getAssumedMasterState, type HashFunction, replicateRxStorageInstance, type RxStorageInstanceReplicationState } from "rxdb/plugins/core";
import { Subject } from "rxjs";
import type { DeviceContent, DeviceOptions } from "./device-content.ts";
import { Life } from "./device-storage.ts";
import { faultyLink } from "./faulty-link.ts";

type State = RxStorageInstanceReplicationState<SyncedDocument>;

interface Channels {
  readonly pulls: PullChannel;
  readonly pushes: PushChannel;
}

const NAMES = registry.map(({ name }) => name);
const RESTART_AGAIN_MS = 5_000;

/**
 * The program in one tab, while it leads: the client's channels over RxDB's replications of what is on the device. It stands where `leading.ts` and
 * `replicate.ts` stand in the app, and asks their parts: what to offer after a restore, which collections have gaps, what is unsent.
 */
export class Tab {
  readonly life: Life;
  /** False once another tab leads. */
  leads = true;
  #states: State[] = [];
  #channels: Channels;
  #resync = new Subject<"RESYNC">();
  #restarting = false;
  readonly #refusals = new Map<string, string>();
  readonly #requests;

  constructor(
    private readonly options: DeviceOptions,
    private readonly content: DeviceContent,
    woken: () => Promise<void>,
  ) {
    const { schedule, random, tally } = options;
    this.life = new Life(() => {
      tally.crashes += 1;
      content.died();
    });
    this.#requests = {
      versionOf: (collection: string) => this.#definitionOf(collection).version,
      send: faultyLink({ ...options, state: content.link }),
      accessToken: () => Promise.resolve("token"),
      wait: (ms: number) => Promise.race([schedule.wait(ms).then(() => false), woken().then(() => true)]),
      gather: (ms: number) => schedule.wait(ms),
      random,
      stillLeader: () => this.leads && !this.life.dead,
      onContact: () => undefined,
      order: NAMES,
      onAnswers: (answers: readonly RowAnswer[]) => Promise.resolve(this.#note(answers)),
    };
    this.#channels = this.#begin();
  }

  #begin(): Channels {
    const pulls = new PullChannel({ ...this.#requests, forgotten: this.content.forgotten, lastTaken: this.content.taken });
    this.#channels = { pulls, pushes: new PushChannel({ ...this.#requests, seen: () => pulls.seen(), taken: () => this.content.taken.say() }) };
    this.#resync = new Subject();
    this.#states = this.content.app.map((definition) => this.#replicate(definition));
    return this.#channels;
  }

  #definitionOf(collection: string): CollectionDefinition {
    return this.content.app[NAMES.indexOf(collection)] as CollectionDefinition;
  }

  #replicate(definition: CollectionDefinition): State {
    const { content, life } = this;
    const { pulls, pushes } = this.#channels;
    const storage = life.view(content.fork(definition.name));
    const unsentIds = () => Promise.resolve([...content.marksOf(definition.name).keys()]);
    offerUnsent(storage, unsentIds);
    const onNoted = (revisions: readonly Revision[]) => (this.life.dead ? new Promise<void>(() => undefined) : Promise.resolve(content.settle(definition.name, revisions)));
    const noted = makeNotedAnswers({ state: () => state, unsentIds, onNoted });
    const meanwhile = makePushedMeanwhile();
    const state: State = replicateRxStorageInstance<SyncedDocument>({
      identifier: `simulation-${this.options.name}`,
      forkInstance: storage,
      metaInstance: life.view(content.meta(definition.name)),
      pullBatchSize: 1,
      pushBatchSize: 100,
      hashFunction: sha256,
      skipStoringPullMeta: false,
      conflictHandler: conflictHandlerFor(definition, this.#rescues(), this.options.schedule.clock),
      replicationHandler: {
        masterChangeStream$: this.#resync,
        masterChangesSince: async (last: { text: string | null } | undefined) => {
          const { documents, checkpoint, repairs = false, asked } = await meanwhile.freshPage(async () => {
            const knownThen = content.versions.ask();
            const page = await this.#hears(pulls.pull(definition.name, last?.text ?? null));
            await sentBefore(state);
            await this.#hears(noted.begin());
            return { ...page, asked: knownThen };
          });
          content.versions.pulled(definition.name, documents, asked);
          if (repairs) await this.#hears(believeHeld(state, { ids: documents.map(({ id }) => id), unsentIds }));
          if (documents.length === 0) void state.streamQueue.down.then(() => state.checkpointQueue).then(() => (life.dead ? undefined : content.taken.written(definition.name)));
          return { documents: documents as never[], checkpoint: { text: checkpoint } };
        },
        masterWrite: async (rows) => {
          const own = await ownRows(storage, rows as unknown as PushRow[]);
          if (own.length === 0) return [];
          const conflicts = (await noted.send(own, () => this.#hears(pushes.push(definition.name, own)))) as never[];
          meanwhile.answered(own.map(({ newDocumentState }) => String(newDocumentState["id"])));
          return conflicts;
        },
      },
    });
    return state;
  }

  /** Waits for ever for what nobody will use: the answer to a program that died, that no longer leads, or that begins anew. */
  async #hears<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await this.life.hears(answer);
    } catch (error) {
      if (error instanceof Refused && error.code === "epoch_changed") {
        if (!this.#restarting) void this.#restart();
      } else if (!(error instanceof Superseded)) this.options.faults.push(`a device gave up: ${String(error)}`);
      return new Promise(() => undefined);
    }
  }

  #rescues(): RescueStore {
    return {
      keep: (work) => (this.life.dead ? new Promise(() => undefined) : Promise.resolve(void this.content.rescued.set(work.key, work))),
      takeAnswer: (collection, id, rev) => ({ refused: this.#refusals.get(`${collection}/${id}/${rev}`), title: null, writtenAt: null }),
      titleOf: () => Promise.resolve(null),
    };
  }

  #note(answers: readonly RowAnswer[]): void {
    const { content, options } = this;
    for (const answer of answers) {
      const { collection, row, master, refused } = answer;
      const { id, rev } = row.newDocumentState as { id: string; rev: string };
      if (refused !== undefined) this.#refusals.set(`${collection}/${id}/${rev}`, refused);
      else if (!master && row.newDocumentState["_deleted"] !== true) content.acknowledged.add(`${collection}/${id}/${rev}`);
      for (const accepted of acceptedOf(answer, options.schedule.clock.now())) content.accepted.set(accepted.key, accepted);
    }
    content.taken.note(answers);
    content.versions.answered(answers);
  }

  /** The server was put back to an earlier state. */
  async #restart(): Promise<void> {
    this.#restarting = true;
    const { content, options, life } = this;
    const { pulls } = this.#channels;
    const offered = makeLastOffered(() => Promise.resolve([...content.accepted.values()]));
    const onAnswers = (answers: readonly RowAnswer[]) => {
      offered.note(answers);
      return Promise.resolve(this.#note(answers));
    };
    const pushes = new PushChannel({ ...this.#requests, onAnswers });
    const storages = registry.map(({ name }) => ({ name, storageInstance: life.view(content.fork(name)) }));
    try {
      if (!life.dead) await content.taken.beginAgain();
      await answerRestore({
        collections: storages,
        accepted: offered.accepted,
        believed: async (name, ids) => {
          const state = this.#states[NAMES.indexOf(name)];
          return state ? Object.values(await getAssumedMasterState(state, [...ids])).map(({ docData }) => docData) : [];
        },
        stop: () => this.#stopReplications(),
        push: (name, rows) => life.hears(pushes.push(name, rows)) as Promise<Row[]>,
        rescue: (name, mine, master) =>
          rescueLost({ definition: this.#definitionOf(name), store: this.#rescues(), clock: options.schedule.clock, reason: "epoch_changed" }, { mine, base: undefined, master }),
        isRefused: (name, { id, rev }) => this.#refusals.has(`${name}/${id}/${rev}`),
        onRestored: () => Promise.resolve(),
        reached: () => pulls.reached(),
        forgotten: content.forgotten,
        keepForgotten: () => Promise.resolve(options.tally.offeredAgain += 1),
      });
      if (!life.dead) await content.taken.replace(offered.last());
      if (!life.dead) content.versions.forget();
    } catch (error) {
      if (!(error instanceof Superseded)) options.faults.push(`nothing was offered again: ${String(error)}`);
      await options.schedule.wait(RESTART_AGAIN_MS);
      await this.#stopReplications();
    }
    this.#restarting = false;
    if (!this.leads || life.dead) return;
    this.#begin();
  }

  /** What a device does after its first round and once a day. */
  async repairGaps(): Promise<void> {
    const { pulls } = this.#channels;
    const { content, life } = this;
    const collections = registry.map(({ name }) => ({ name, storageInstance: life.view(content.fork(name)) }));
    const isWaiting = (name: string) => Promise.resolve(content.marksOf(name).size > 0);
    const gaps = await this.#hears(findGaps({ collections, ask: () => life.hears(pulls.check(NAMES)), isWaiting }));
    if (pulls !== this.#channels.pulls) return;
    for (const [name, { ids }] of gaps) pulls.repair(name, ids);
    this.options.tally.repairs += gaps.size;
    if (gaps.size > 0) this.resync();
  }

  resync(): void {
    this.#resync.next("RESYNC");
  }

  /** Paused first, as the app does it: RxDB takes a push that ends while it is cancelled, not paused, for an accepted one. */
  async #stopReplications(): Promise<void> {
    const states = this.#states.splice(0);
    for (const { events } of states) events.paused.next(true);
    await Promise.all(states.map((state) => cancelRxStorageReplication(state)));
  }

  /** Another tab leads. What is on its way may wait for time: nobody waits for it. */
  stop(): void {
    this.leads = false;
    void this.#stopReplications();
  }

  /** The program ends, in whatever it was doing. */
  end(): void {
    this.life.dead = true;
    this.content.died();
    this.stop();
  }
}

/**
 * A page waits until RxDB has noted the answers of the pushes before it. Otherwise: (1) our write is taken, its answer is on the way,
 * (2) somebody writes, and the page with it arrives first, (3) RxDB passes over the document because our write still counts as
 * unsent, and the checkpoint moves on, (4) the answer says accepted: the device stays wrong until the next change.
 */
const sentBefore = (state: State): Promise<unknown> => state.streamQueue.up;

/** RxDB's own asks a thread, which answers when it likes. */
const sha256: HashFunction = (text) => Promise.resolve(createHash("sha256").update(text as string).digest("hex"));
