import { createHash } from "node:crypto";
import { schemaOf } from "@mochila/client/db/collections.ts";
import { keepOrigins } from "@mochila/client/db/origins.ts";
import { retryingStorage } from "@mochila/client/db/retrying-storage.ts";
import { conflictHandlerFor, type RescueStore } from "@mochila/client/sync/conflict-handler.ts";
import { offerUnsent } from "@mochila/client/sync/offer-unsent.ts";
import { PullChannel } from "@mochila/client/sync/pull-channel.ts";
import { PushChannel, type RowAnswer } from "@mochila/client/sync/push-channel.ts";
import type { RescuedWork } from "@mochila/client/person.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import {
  createRevision,
  fillWithDefaultSettings,
  getChangedDocumentsSince,
  getRxReplicationMetaInstanceSchema,
  getWrappedStorageInstance,
  now,
  replicateRxStorageInstance,
  type HashFunction,
  type RxDatabase,
  type RxDocumentData,
  type RxStorageInstance,
  type RxStorageInstanceReplicationState,
  type RxStorageReplicationMeta,
} from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { Subject } from "rxjs";
import { failingStorage, Life } from "./device-storage.ts";
import { faultyLink, type LinkState, type Tally } from "./faulty-link.ts";
import type { Schedule } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import type { TestSchool } from "@mochila/sync-server/sync/test-school.ts";

type Stored = RxDocumentData<SyncedDocument>;
type Fork = RxStorageInstance<SyncedDocument, unknown, unknown>;
type Meta = RxStorageInstance<RxStorageReplicationMeta<SyncedDocument, unknown>, unknown, unknown>;

/** What a person wrote on this device, to be found again somewhere at the end. */
export interface LocalWrite {
  readonly collection: string;
  readonly id: string;
  readonly rev: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  /** Null: deleted. */
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface DeviceOptions {
  readonly name: string;
  readonly userId: string;
  readonly school: TestSchool;
  readonly schedule: Schedule;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly trace: string[];
  readonly faults: string[];
  watch(collection: string, document: Record<string, unknown>): void;
}

interface Running {
  readonly life: Life;
  readonly states: RxStorageInstanceReplicationState<SyncedDocument>[];
  readonly resync: Subject<"RESYNC">;
}

let openings = 0;

/**
 * A device of one person: RxDB's replication with the client's own storage wrapper, channels and conflict handler, over a link that
 * fails. What it holds survives a crash; what was on its way does not.
 */
export class SimulatedDevice {
  readonly link: LinkState = { online: true, faults: true };
  readonly writes: LocalWrite[] = [];
  readonly rescued = new Map<string, RescuedWork>();
  /** `collection/id/rev` of what the server took as it was; a deletion leaves nothing to look for. */
  readonly accepted = new Set<string>();
  /** Marks of unsent work, as the client keeps them: collection, id, and the rev that was written last. */
  readonly #marks = new Map<string, Map<string, string>>(registry.map(({ name }) => [name, new Map()]));
  #forks = new Map<string, Fork>();
  #metas = new Map<string, Meta>();
  #running: Running | null = null;
  #wake = () => undefined as void;
  #woken = new Promise<void>((resolve) => (this.#wake = resolve));

  private constructor(readonly options: DeviceOptions) {}

  static async open(options: DeviceOptions): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(options);
    const { random, tally, name, schedule } = options;
    const disk = failingStorage(getRxStorageMemory(), { random, failing: () => device.link.faults, onFailure: () => (tally.writeFailures += 1) });
    const storage = retryingStorage(disk, { wait: (ms) => schedule.wait(ms), onFailure: () => Promise.resolve() });
    // RxDB keeps what is in memory by name, for the whole process.
    const databaseName = `${name} of opening ${(openings += 1)}`;
    const create = { databaseName, databaseInstanceToken: name, options: {}, multiInstance: false, devMode: false };
    for (const definition of registry) {
      const schema = fillWithDefaultSettings(schemaOf(definition));
      const fork = await storage.createStorageInstance<SyncedDocument>({ ...create, collectionName: definition.name, schema });
      device.#forks.set(definition.name, asInCollection(fork, name));
      const metaSchema = getRxReplicationMetaInstanceSchema<SyncedDocument, unknown>(schema, false);
      device.#metas.set(definition.name, await storage.createStorageInstance<RxStorageReplicationMeta<SyncedDocument, unknown>>({ ...create, collectionName: `${definition.name}-meta`, schema: metaSchema }));
    }
    device.start();
    return device;
  }

  get crashed(): boolean {
    return this.#running === null || this.#running.life.dead;
  }

  /** Begins a life from what is on the device. */
  start(): void {
    const { schedule, random, tally } = this.options;
    const resync = new Subject<"RESYNC">();
    const life = new Life(() => (tally.crashes += 1));
    const refusals = new Map<string, string>();
    const request = {
      send: faultyLink({ ...this.options, state: this.link }),
      accessToken: () => Promise.resolve("token"),
      wait: (ms: number) => Promise.race([schedule.wait(ms), this.#woken]),
      gather: (ms: number) => schedule.wait(ms),
      random,
      stillLeader: () => !life.dead,
      onContact: () => undefined,
    };
    const pulls = new PullChannel(request);
    const pushes = new PushChannel({ ...request, order: registry.map(({ name }) => name), onAnswers: (answers) => Promise.resolve(this.#note(answers, refusals)) });
    const rescues: RescueStore = {
      keep: (work) => (life.dead ? new Promise(() => undefined) : Promise.resolve(void this.rescued.set(work.key, work))),
      takeAnswer: (collection, id, rev) => ({ refused: refusals.get(`${collection}/${id}/${rev}`), title: null, writtenAt: null }),
      titleOf: () => Promise.resolve(null),
    };
    const states = registry.map((definition) => this.#replicate(definition, { life, resync, pulls, pushes, rescues }));
    this.#running = { life, states, resync };
  }

  #replicate(
    definition: CollectionDefinition,
    { life, resync, pulls, pushes, rescues }: { life: Life; resync: Subject<"RESYNC">; pulls: PullChannel; pushes: PushChannel; rescues: RescueStore },
  ): RxStorageInstanceReplicationState<SyncedDocument> {
    // A process that died hears no answer, right or wrong.
    const alive = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
      answer.then(
        (value) => (life.dead ? new Promise<Answer>(() => undefined) : value),
        (error: unknown) => (life.dead ? new Promise<Answer>(() => undefined) : Promise.reject(error instanceof Error ? error : new Error(String(error)))),
      );
    offerUnsent(this.#fork(definition.name), () => Promise.resolve([...(this.#marks.get(definition.name)?.keys() ?? [])]));
    const state: RxStorageInstanceReplicationState<SyncedDocument> = replicateRxStorageInstance<SyncedDocument>({
      identifier: `simulation-${this.options.name}`,
      forkInstance: life.view(this.#fork(definition.name)),
      metaInstance: life.view(this.#metas.get(definition.name) as Meta),
      pullBatchSize: 1,
      pushBatchSize: 100,
      hashFunction: sha256,
      skipStoringPullMeta: false,
      conflictHandler: conflictHandlerFor(definition, rescues, this.options.schedule.clock),
      replicationHandler: {
        masterChangeStream$: resync,
        masterChangesSince: async (last: { text: string | null } | undefined) => {
          const { documents, checkpoint } = await alive(pulls.pull(definition.name, last?.text ?? null));
          await sentBefore(state);
          return { documents: documents as never[], checkpoint: { text: checkpoint } };
        },
        masterWrite: (rows) => alive(pushes.push(definition.name, rows as unknown as PushRow[])) as Promise<never[]>,
      },
    });
    return state;
  }

  #note(answers: readonly RowAnswer[], refusals: Map<string, string>): void {
    for (const { collection, row, master, refused } of answers) {
      const { id, rev } = row.newDocumentState as { id: string; rev: string };
      if (this.#marks.get(collection)?.get(id) === rev) this.#marks.get(collection)?.delete(id);
      if (refused !== undefined) refusals.set(`${collection}/${id}/${rev}`, refused);
      else if (!master && row.newDocumentState["_deleted"] !== true) this.accepted.add(`${collection}/${id}/${rev}`);
    }
  }

  #fork(collection: string): Fork {
    return this.#forks.get(collection) as Fork;
  }

  resync(): void {
    this.#running?.resync.next("RESYNC");
  }

  /** Back on the network: what waits for another try tries at once. */
  goOnline(): void {
    this.link.online = true;
    this.#wake();
    this.#woken = new Promise((resolve) => (this.#wake = resolve));
    this.resync();
  }

  /** Dies at once, or after so many writes. */
  crash(afterWrites: number | null = null): void {
    if (!this.#running) return;
    if (afterWrites === null) this.#running.life.die();
    else this.#running.life.writesLeft = afterWrites;
  }

  /** Ends a life that is dead, and begins another. */
  reopen(): void {
    this.#stop();
    this.start();
  }

  close(): void {
    this.#running?.life.die();
    this.#stop();
  }

  #stop(): void {
    for (const state of this.#running?.states ?? []) state.events.canceled.next(true);
    this.#running = null;
  }

  /** The living documents as the person sees them. */
  async documents(collection: string): Promise<SyncedDocument[]> {
    const { documents } = await this.options.schedule.through(getChangedDocumentsSince(this.#fork(collection), 100_000, undefined));
    return (documents as Stored[]).filter(({ _deleted }) => !_deleted).map(plain);
  }

  /** What a person does: lays a change over what the device has now. Null deletes. Nothing happens on a device that is dead. */
  write(collection: string, id: string, change: (current: SyncedDocument | null) => Record<string, unknown> | null): Promise<void> {
    return this.options.schedule.through(this.#write(collection, id, change));
  }

  async #write(collection: string, id: string, change: (current: SyncedDocument | null) => Record<string, unknown> | null): Promise<void> {
    const life = this.#running?.life;
    if (!life || life.dead) return;
    const [previous] = (await this.#fork(collection).findDocumentsById([id], true)) as Stored[];
    const current = previous && !previous._deleted ? plain(previous) : null;
    const next = change(current);
    if (next === null && current === null) return;
    const rev = newRev();
    const content = { ...(next ?? current), id, rev } as SyncedDocument;
    const document = { ...content, _deleted: next === null, _attachments: {}, _meta: { lwt: now() }, _rev: createRevision(this.options.name, previous) } as Stored;
    this.#marks.get(collection)?.set(id, rev);
    const writing = life.view(this.#fork(collection)).bulkWrite([previous ? { previous, document } : { document }], "local-write");
    const died = new Promise<null>((resolve) => void (life.dead && resolve(null)));
    const result = await Promise.race([writing, died]);
    if (result && result.error.length === 0) this.writes.push({ collection, id, rev, before: current, after: next === null ? null : content });
  }
}

/**
 * A page waits until RxDB has noted the answers of the pushes before it. Otherwise: (1) our write is taken, its answer is on the way,
 * (2) somebody writes, and the page with it arrives first, (3) RxDB passes over the document because our write still counts as
 * unsent, and the checkpoint moves on, (4) the answer says accepted: the device stays wrong until the next change.
 */
const sentBefore = (state: RxStorageInstanceReplicationState<SyncedDocument>): Promise<unknown> => state.streamQueue.up;

/** What RxDB makes of a storage for a collection, and the client of that: RxDB's wrapper drops notes that a storage alone keeps. */
function asInCollection(fork: Fork, token: string): Fork {
  const database = { token, lockedRun: <Result>(run: () => Result) => run(), storageInstances: new Set() };
  const wrapped = getWrappedStorageInstance(database as unknown as RxDatabase, fork, fork.schema);
  keepOrigins(wrapped);
  return wrapped;
}

/** RxDB's own asks a thread, which answers when it likes. */
const sha256: HashFunction = (text) => Promise.resolve(createHash("sha256").update(text as string).digest("hex"));

function plain(stored: Stored): SyncedDocument {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !key.startsWith("_"))) as unknown as SyncedDocument;
}
