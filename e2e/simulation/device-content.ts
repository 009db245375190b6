import { schemaOf } from "@mochila/client/db/collections.ts";
import { changesFrom, copyRows, type Storage } from "@mochila/client/db/copy-rows.ts";
import type { AcceptedRev } from "@mochila/client/db/local.ts";
import { keepOrigins } from "@mochila/client/db/origins.ts";
import { retryingStorage } from "@mochila/client/db/retrying-storage.ts";
import type { RescuedWork } from "@mochila/client/person.ts";
import { WRITE_MS_MAX } from "@mochila/client/sync/outcome.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { Sync } from "@mochila/sync-server/sync/sync.ts";
import { fillWithDefaultSettings, getRxReplicationMetaInstanceSchema, getWrappedStorageInstance, type RxDatabase, type RxDocumentData, type RxStorageInstance, type RxStorageReplicationMeta } from "rxdb/plugins/core";
import { type App, TODAY } from "./apps.ts";
import { failingStorage, promptMemory, strayingStorage, type DiskState } from "./device-storage.ts";
import type { LinkState } from "./faulty-link.ts";
import { KeptTaken } from "./kept-taken.ts";
import { Versions } from "./versions.ts";
import type { Schedule } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";

export interface DeviceOptions {
  readonly name: string;
  readonly userId: string;
  /** That it has at first. */
  readonly app: App;
  readonly sync: Sync;
  readonly schedule: Schedule;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly trace: string[];
  /** What nobody expected: of the server, or of a device that gives up. */
  readonly faults: string[];
  /** How often the server was put back. */
  incarnation(): number;
  watch(collection: string, document: Record<string, unknown>): void;
}

type Fork = RxStorageInstance<SyncedDocument, unknown, unknown>;
type Meta = RxStorageInstance<RxStorageReplicationMeta<SyncedDocument, unknown>, unknown, unknown>;

function schemasOf(definition: CollectionDefinition) {
  // The one that Dexie has by itself. Those of the app's screens cost time at each write, and nobody looks here.
  const schema = fillWithDefaultSettings({ ...schemaOf(definition), indexes: [["id"]] });
  return { schema, metaSchema: getRxReplicationMetaInstanceSchema<SyncedDocument, unknown>(schema, false) };
}

/** What a device keeps of one collection: its rows, and RxDB's notes beside them. */
interface Stores {
  readonly fork: Fork;
  readonly meta: Meta;
}

const YEAR_MS = 365 * 24 * 3_600_000;

let openings = 0;

/** What is on a device and survives every end of its program. */
export class DeviceContent {
  readonly link: LinkState = { online: true, faults: true };
  readonly disk: DiskState = { failing: true, full: false, clockOffsetMs: 0, losesNextRow: false, lostRows: 0 };
  readonly rescued = new Map<string, RescuedWork>();
  /** `collection/id/rev` of what the server took as it was; a deletion leaves nothing to look for. */
  readonly acknowledged = new Set<string>();
  readonly accepted = new Map<string, AcceptedRev>();
  readonly forgotten = new Set<string>();
  readonly versions = new Versions();
  readonly taken = new KeptTaken();
  /** Marks of unsent work, as the client keeps them: collection, id, and the rev that was written last. */
  readonly #marks = new Map<string, Map<string, string>>(registry.map(({ name }) => [name, new Map()]));
  /** That is installed. */
  app: App;
  readonly #stores = new Map<string, Stores>();
  /** Of a move that did not end. */
  readonly #begun = new Map<string, Stores>();
  /** From which everything was moved; a dead program may still hold them. */
  readonly #left: Stores[] = [];
  #deaths = 0;

  private constructor(
    app: App,
    private readonly makeStores: (content: DeviceContent, definition: CollectionDefinition) => Promise<Stores>,
  ) {
    this.app = app;
  }

  static async make({ name, app, random, schedule, tally }: DeviceOptions): Promise<DeviceContent> {
    // RxDB keeps what is in memory by name, for the whole process.
    const databaseName = `${name} of opening ${(openings += 1)}`;
    const create = { databaseName, databaseInstanceToken: name, options: {}, multiInstance: false, devMode: false };
    const content = new DeviceContent(app, async ({ disk: state }, definition) => {
      const disk = { random, state, onFailure: () => (tally.writeFailures += 1), onQuota: () => (tally.quota += 1), onLoss: () => (tally.lostRows += 1) };
      const storage = retryingStorage(failingStorage(promptMemory(), disk), { wait: (ms) => content.#livedThrough(schedule.wait(ms)), onFailure: () => Promise.resolve() });
      const collectionName = `${definition.name}-${definition.version}`;
      const { schema, metaSchema } = schemasOf(definition);
      const fork = await storage.createStorageInstance<SyncedDocument>({ ...create, collectionName, schema });
      strayingStorage(fork, disk);
      const meta = await storage.createStorageInstance<RxStorageReplicationMeta<SyncedDocument, unknown>>({ ...create, collectionName: `${collectionName}-meta`, schema: metaSchema });
      return { fork: asInCollection(fork, name), meta };
    });
    content.disk.clockOffsetMs = random.pick([-2 * YEAR_MS, 0, 0, 0, 2 * YEAR_MS]) ?? 0;
    for (const definition of app) content.#stores.set(definition.name, await content.makeStores(content, definition));
    return content;
  }

  /**
   * Today's app is opened for the first time, and moves what the one before has left (W8). No program is on the device. `steps`: it is closed
   * after so many of the copies, and must be opened again.
   */
  async update(steps = Infinity): Promise<void> {
    const offset = this.disk.clockOffsetMs;
    // A move keeps the times that rows have.
    this.disk.clockOffsetMs = 0;
    for (const definition of TODAY) {
      const from = this.app.find(({ name }) => name === definition.name)?.version ?? definition.version;
      if (from < definition.version) await this.#move(definition, from, steps);
    }
    this.disk.clockOffsetMs = offset;
    if (steps === Infinity) this.app = TODAY;
  }

  async #move(definition: CollectionDefinition, from: number, steps: number): Promise<void> {
    const { name } = definition;
    const old = this.#storesOf(name);
    const next = this.#begun.get(name) ?? (await this.makeStores(this, definition));
    this.#begun.set(name, next);
    const { ofDocument, ofNote } = changesFrom(definition, from);
    const copy = (source: Fork | Meta, to: Fork | Meta, change: typeof ofDocument) =>
      copyRows({ storage: inner(source), ids: [...(source.internals as { documents: ReadonlyMap<string, unknown> }).documents.keys()] }, inner(to), change);
    if (steps > 0) await copy(old.meta, next.meta, ofNote);
    if (steps > 1) await copy(old.fork, next.fork, ofDocument);
    if (steps < Infinity) return;
    this.#begun.delete(name);
    this.#left.push(old);
    this.#stores.set(name, next);
  }

  /** A program on it has died: what it was trying again is never tried again. */
  died(): void {
    this.#deaths += 1;
  }

  async #livedThrough(pause: Promise<void>): Promise<void> {
    const before = this.#deaths;
    await pause;
    if (this.#deaths !== before) await new Promise(() => undefined);
  }

  #storesOf(collection: string): Stores {
    return this.#stores.get(collection) as Stores;
  }

  fork(collection: string): Fork {
    return this.#storesOf(collection).fork;
  }

  meta(collection: string): Meta {
    return this.#storesOf(collection).meta;
  }

  /** The living documents, by id. Read where RxDB's memory holds them: nothing fails, and nobody waits. */
  stored(collection: string): RxDocumentData<SyncedDocument>[] {
    const { documents } = this.fork(collection).internals as { documents: ReadonlyMap<string, RxDocumentData<SyncedDocument>> };
    return [...documents.values()].filter(({ _deleted }) => !_deleted).toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Whether it still has this very version, as its own or as what the server is believed to have. */
  has({ collection, id, rev }: AcceptedRev): boolean {
    const { documents } = this.meta(collection).internals as { documents: ReadonlyMap<string, { docData?: { id?: string; rev?: string } }> };
    return this.stored(collection).some((one) => one.id === id && one.rev === rev) || [...documents.values()].some(({ docData }) => docData?.id === id && docData.rev === rev);
  }

  marksOf(collection: string): Map<string, string> {
    return this.#marks.get(collection) as Map<string, string>;
  }

  /** These writes wait for nothing any more. */
  settle(collection: string, revisions: readonly Revision[]): void {
    const marks = this.marksOf(collection);
    for (const { id, rev } of revisions) if (marks.get(id) === rev) marks.delete(id);
  }

  /** Marks whose write never happened go, as the app's do when a tab begins to lead (D5). */
  async heal(wait: (ms: number) => Promise<void>): Promise<void> {
    const strayed = () => [...this.#marks].flatMap(([name, marks]) => [...marks].filter(([id, rev]) => this.#at(name, id)?.rev !== rev).map(([id, rev]) => ({ marks, id, rev })));
    const first = new Set(strayed().map(({ rev }) => rev));
    // Another tab may be between its mark and its write.
    await wait(WRITE_MS_MAX);
    for (const { marks, id, rev } of strayed()) if (first.has(rev)) marks.delete(id);
  }

  #at(collection: string, id: string): SyncedDocument | undefined {
    const { documents } = this.fork(collection).internals as { documents: ReadonlyMap<string, RxDocumentData<SyncedDocument>> };
    return documents.get(id);
  }

  /** Gives the memory back. */
  async remove(): Promise<void> {
    const all = [...this.#stores.values(), ...this.#begun.values(), ...this.#left];
    await Promise.all(all.flatMap(({ fork, meta }) => [fork, meta]).map((instance) => instance.remove()));
  }
}

/** Below what RxDB puts over a collection's storage, which would give each row a new time. */
const inner = (instance: Fork | Meta): Storage => ((instance as unknown as { originalStorageInstance?: Storage }).originalStorageInstance ?? instance) as unknown as Storage;

/** What RxDB makes of a storage for a collection, and the client of that: RxDB's wrapper drops notes that a storage alone keeps. */
function asInCollection(fork: Fork, token: string): Fork {
  const database = { token, lockedRun: <Result>(run: () => Result) => run(), storageInstances: new Set() };
  const wrapped = getWrappedStorageInstance(database as unknown as RxDatabase, fork, fork.schema);
  keepOrigins(wrapped);
  return wrapped;
}
