import { COLLECTIONS_PER_REQUEST_MAX } from "@mochila/shared/limits.ts";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import { NEXT_PAGES_HEADER, readNextPages } from "@mochila/shared/sync/next-pages.ts";
import { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import type { PulledDocument } from "@mochila/shared/sync/pulled-document.ts";
import { type Held, heldOf, sameHeld } from "@mochila/shared/sync/held.ts";
import { type VersionOf, versionSaid } from "./document-versions.ts";
import type { FirstPages } from "./first-pages.ts";
import type { LastTaken } from "./last-taken.ts";
import { type OnHead, request, type RequestOptions } from "./request.ts";

export const PULL_PATH = "/api/sync/pull";

/** Time in which the calls of all collections meet in one request. */
export const GATHER_MS = 5;

export interface Page {
  readonly documents: readonly (PulledDocument & { _deleted: boolean })[];
  readonly checkpoint: Checkpoint;
  /** It is told to a device that has a gap, and goes over whatever stands there and waits for nothing. */
  readonly repairs?: boolean;
}

type Result = PullResponse["results"][number];

/** A collection that is asked for from the beginning. */
interface Repair {
  /** What the device held of it when the gap was found. */
  readonly here: ReadonlySet<string>;
  /** The revisions that its pages have told, by id; null: removed. */
  told: Map<string, string | null>;
  /** The checkpoint of the next page; undefined: not begun. With another one the pages before it are lost, and it begins again. */
  next: Checkpoint | undefined;
}

/** A page that was asked for. */
interface Asked {
  readonly result: Promise<Result>;
  /** Where the next page begins, often before this one is here; null: there is none, or the server did not say. */
  readonly next: Promise<Checkpoint>;
}

interface Waiting {
  readonly collection: string;
  readonly checkpoint: Checkpoint;
  tellNext(checkpoint: Checkpoint): void;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface PullChannelOptions extends RequestOptions {
  /** Plain time, not cut short by `wake`. */
  gather(ms: number): Promise<void>;
  /** All that will ask; absent: nobody waits for them. */
  readonly collections?: readonly string[];
  /** What was asked for before this channel stood; null or absent: nothing. */
  readonly first?: Promise<FirstPages | null>;
  /** Checkpoints of a history that the server has left; asked for as if there were none. */
  readonly forgotten?: ReadonlySet<string>;
  /** The last write of this device that no page has brought yet; absent: it does not say. */
  readonly lastTaken?: Pick<LastTaken, "say" | "arrived">;
  readonly versionOf?: VersionOf;
}

/**
 * Duty: one request for all collections; the next one goes when the answer to the one before has begun.
 * Invariant: RxDB (batch size 1) asks again after every page that is not empty, and only an empty page ends its round. After a last
 * page the server has said so already, and the channel answers the empty one itself (DECISIONS 14). In the first look at a collection
 * the page after the one that the device waits for is asked for ahead; later it is not, because RxDB must not put a page that was read
 * before a push over what that push has brought.
 * What breaks: nothing is kept; a call that fails for good rejects and RxDB calls again.
 */
export class PullChannel {
  readonly #options: PullChannelOptions;
  #waiting: Waiting[] = [];
  #running = false;
  readonly #repairs = new Map<string, Repair>();
  readonly #gaps = new Set<string>();
  /** The last checkpoint that was asked with, by collection. */
  readonly #reached = new Map<string, Checkpoint>();
  #noteAsked: () => void = () => undefined;
  readonly #asked = new Promise<void>((resolve) => {
    this.#noteAsked = resolve;
  });
  readonly #ended = new Map<string, Checkpoint>();
  /** Collections that are looked at from the beginning. */
  readonly #fresh = new Set<string>();
  readonly #tookFirst = new Set<string>();
  readonly #ahead = new Map<string, { readonly checkpoint: Checkpoint; readonly asked: Asked }>();

  constructor(options: PullChannelOptions) {
    this.#options = options;
  }

  async pull(collection: string, checkpoint: Checkpoint): Promise<Page> {
    this.#reached.set(collection, checkpoint);
    if (this.#options.collections?.every((name) => this.#reached.has(name)) ?? true) this.#noteAsked();
    const ended = this.#ended.get(collection);
    this.#ended.delete(collection);
    if (ended !== undefined && ended === checkpoint) return { documents: [], checkpoint };
    if (checkpoint === null) this.#fresh.add(collection);
    const repair = this.#repairs.get(collection);
    const asked = (repair && this.#askToRepair(collection, { repair, checkpoint })) ?? this.#takeAhead(collection, checkpoint) ?? (await this.#takeFirst(collection, checkpoint)) ?? this.#ask(collection, checkpoint);
    if (this.#fresh.has(collection)) void asked.next.then((next) => next !== null && this.#askAhead(collection, next));
    const { documents: told = [], checkpoint: next = checkpoint, more = false } = await asked.result;
    if (!more) this.#fresh.delete(collection);
    const documents = repair ? [...told, ...(await this.#goneAfter(collection, { repair, told, next, more }))] : told;
    if (documents.length === 0) return { documents: [], checkpoint };
    if (!more) this.#ended.set(collection, next);
    return { documents: documents.map((document) => ({ ...document, _deleted: document._deleted === true })), checkpoint: next, repairs: repair !== undefined };
  }

  /** What this device has seen of the server, once each collection has begun to ask: one of them may be all that is of a lost history. */
  async seen(): Promise<string[]> {
    await this.#asked;
    return this.reached();
  }

  /** The same of those that have asked by now. */
  reached(): string[] {
    return [...new Set(this.#reached.values())].filter((checkpoint) => checkpoint !== null && this.#known(checkpoint) !== null) as string[];
  }

  #known(checkpoint: Checkpoint): Checkpoint {
    return checkpoint !== null && this.#options.forgotten?.has(checkpoint) ? null : checkpoint;
  }

  #versionSaid(collection: string): { version?: number } {
    return versionSaid(collection, this.#options.versionOf);
  }

  /** What this device should hold of each collection, where the server can say so. */
  check(collections: readonly string[]): Promise<ReadonlyMap<string, Held>> {
    return this.#check(collections.map((collection) => ({ collection, checkpoint: this.#known(this.#reached.get(collection) ?? null), ...this.#versionSaid(collection) })));
  }

  async #check(pulls: readonly { readonly collection: string; readonly checkpoint: Checkpoint }[]): Promise<ReadonlyMap<string, Held>> {
    const { results } = PullResponse.parse(await request(this.#options, PULL_PATH, () => ({ pulls, check: true })));
    // News of a check are left to the next pull: it is RxDB that takes them.
    return new Map(results.flatMap(({ collection, held, documents }) => (held && !documents ? [[collection, held]] : [])));
  }

  /** The next look at this collection begins at the beginning. `here`: the ids that the device holds of it. */
  repair(collection: string, here: ReadonlySet<string>): void {
    this.#repairs.set(collection, { here, told: new Map(), next: undefined });
    this.#gaps.add(collection);
  }

  /** Null: it goes on where it was. */
  #askToRepair(collection: string, { repair, checkpoint }: { repair: Repair; checkpoint: Checkpoint }): Asked | null {
    if (repair.next !== undefined && repair.next === checkpoint) return null;
    repair.told = new Map();
    return this.#ask(collection, null);
  }

  /**
   * After the last page of a repair: removals of what the device held and was not told of. Only where the pages told all that there should be: a
   * document that is changed meanwhile may be behind the horizon, in none of them, and comes with the next.
   */
  async #goneAfter(collection: string, { repair, told, next, more }: { repair: Repair; told: readonly PulledDocument[]; next: Checkpoint; more: boolean }): Promise<PulledDocument[]> {
    for (const { id, _deleted: gone, rev } of told) repair.told.set(id, gone ? null : String(rev));
    repair.next = next;
    if (more) return [];
    this.#repairs.delete(collection);
    const untold = [...repair.here].filter((id) => !repair.told.has(id));
    // After a restore it may be somebody's lost work, whose device has not come back yet.
    if (untold.length === 0 || this.#options.forgotten?.size) return [];
    const should = (await this.#check([{ collection, checkpoint: next }])).get(collection);
    const revs = [...repair.told.values()].filter((rev) => rev !== null);
    return should && sameHeld(should, heldOf(revs)) ? untold.map((id) => ({ id, _deleted: true })) : [];
  }

  #takeAhead(collection: string, checkpoint: Checkpoint): Asked | null {
    const ahead = this.#ahead.get(collection);
    this.#ahead.delete(collection);
    return ahead?.checkpoint === checkpoint ? ahead.asked : null;
  }

  /** Once a collection: whoever asks from the beginning again does not want what was read before. */
  async #takeFirst(collection: string, checkpoint: Checkpoint): Promise<Asked | null> {
    const first = checkpoint === null && !this.#tookFirst.has(collection) ? await this.#options.first : null;
    this.#tookFirst.add(collection);
    if (!first) return null;
    const result = first.response.then(({ results }) => results.find((one) => one.collection === collection)).catch(() => undefined);
    return { result: result.then((one) => one ?? this.#ask(collection, checkpoint).result), next: Promise.resolve(first.next[collection] ?? null) };
  }

  #askAhead(collection: string, checkpoint: Checkpoint): void {
    const asked = this.#ask(collection, checkpoint);
    // Whoever takes it hears of the failure; perhaps nobody does.
    asked.result.catch(() => undefined);
    this.#ahead.set(collection, { checkpoint, asked });
  }

  #ask(collection: string, checkpoint: Checkpoint): Asked {
    let tellNext: (checkpoint: Checkpoint) => void = () => undefined;
    const next = new Promise<Checkpoint>((resolve) => {
      tellNext = resolve;
    });
    const result = new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ collection, checkpoint, tellNext, resolve, reject });
    });
    void this.#run();
    return { result, next };
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0) {
      await this.#options.gather(GATHER_MS);
      await this.#exchange(this.#waiting.splice(0, COLLECTIONS_PER_REQUEST_MAX));
    }
    this.#running = false;
  }

  /** Resolves when the next request may go; whoever waits for a page of this one has it later. */
  #exchange(batch: readonly Waiting[]): Promise<void> {
    return new Promise((begun) => {
      const onHead: OnHead = (headers) => {
        const next = readNextPages(headers.get(NEXT_PAGES_HEADER));
        for (const { collection, tellNext } of batch) tellNext(next[collection] ?? null);
        begun();
      };
      const gaps = [...this.#gaps];
      this.#gaps.clear();
      const pulls = batch.map(({ collection, checkpoint }) => ({ collection, checkpoint: this.#known(checkpoint), ...this.#versionSaid(collection) }));
      const { lastTaken } = this.#options;
      const bodyNow = async () => {
        const taken = await lastTaken?.say();
        return { pulls, ...(gaps.length > 0 ? { gaps } : {}), ...(taken ? { taken } : {}) };
      };
      request(this.#options, PULL_PATH, bodyNow, onHead)
        .then((answer) => {
          const { results } = PullResponse.parse(answer);
          for (const { collection, documents = [] } of results) lastTaken?.arrived(collection, documents);
          batch.forEach(({ collection, resolve }, index) => resolve(results[index] ?? { collection }));
        })
        .catch((error: unknown) => {
          for (const { reject, tellNext } of batch) {
            tellNext(null);
            reject(error);
          }
          begun();
        });
    });
  }
}
