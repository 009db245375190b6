import { COLLECTIONS_PER_REQUEST_MAX } from "@mochila/shared/limits.ts";
import { type Checkpoint, PullResponse, type PulledDocument } from "@mochila/shared/sync/pull.ts";
import { request, type RequestOptions } from "./request.ts";

export const PULL_PATH = "/api/sync/pull";

/** Time in which the calls of all collections meet in one request. */
export const GATHER_MS = 5;

export interface Page {
  readonly documents: readonly (PulledDocument & { _deleted: boolean })[];
  readonly checkpoint: Checkpoint;
}

type Result = PullResponse["results"][number];

interface Waiting {
  readonly collection: string;
  readonly checkpoint: Checkpoint;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface PullChannelOptions extends RequestOptions {
  /** Plain time, not cut short by `wake`. */
  gather(ms: number): Promise<void>;
  /** This collection has everything that the server had. */
  onEnd(collection: string): void;
  /** What was asked for before this channel stood; null or absent: nothing. See `first-pages.ts`. */
  readonly first?: Promise<PullResponse | null>;
}

/**
 * Duty: one request for all collections, one at a time.
 * Invariant: RxDB (batch size 1) asks again after every page that is not empty, and only an empty page ends its round. After a last
 * page the server has said so already, and the channel answers the empty one itself (DECISIONS 14). While a device writes a page of its
 * first look at a collection, the next one is on its way; later it is not, because RxDB must not put a page that was read before a push
 * over what that push has brought.
 * What breaks: nothing is kept; a call that fails for good rejects and RxDB calls again.
 */
export class PullChannel {
  readonly #options: PullChannelOptions;
  #waiting: Waiting[] = [];
  #running = false;
  readonly #ended = new Map<string, Checkpoint>();
  /** Collections that are looked at from the beginning. */
  readonly #fresh = new Set<string>();
  readonly #ahead = new Map<string, { readonly checkpoint: Checkpoint; readonly result: Promise<Result> }>();

  constructor(options: PullChannelOptions) {
    this.#options = options;
  }

  async pull(collection: string, checkpoint: Checkpoint): Promise<Page> {
    const ended = this.#ended.get(collection);
    this.#ended.delete(collection);
    if (ended !== undefined && ended === checkpoint) return this.#end(collection, checkpoint);
    if (checkpoint === null) this.#fresh.add(collection);
    const { documents = [], checkpoint: next = checkpoint, more = false } = await this.#result(collection, checkpoint);
    if (!more) this.#fresh.delete(collection);
    if (documents.length === 0) return this.#end(collection, checkpoint);
    if (!more) this.#ended.set(collection, next);
    else if (this.#fresh.has(collection)) this.#askAhead(collection, next);
    return { documents: documents.map((document) => ({ ...document, _deleted: document._deleted === true })), checkpoint: next };
  }

  #end(collection: string, checkpoint: Checkpoint): Page {
    this.#options.onEnd(collection);
    return { documents: [], checkpoint };
  }

  async #result(collection: string, checkpoint: Checkpoint): Promise<Result> {
    const ahead = this.#ahead.get(collection);
    this.#ahead.delete(collection);
    if (ahead?.checkpoint === checkpoint) return ahead.result;
    const first = checkpoint === null ? await this.#options.first : null;
    return first?.results.find((result) => result.collection === collection) ?? this.#ask(collection, checkpoint);
  }

  #askAhead(collection: string, checkpoint: Checkpoint): void {
    const result = this.#ask(collection, checkpoint);
    // Whoever asks for it hears of the failure; perhaps nobody does.
    result.catch(() => undefined);
    this.#ahead.set(collection, { checkpoint, result });
  }

  #ask(collection: string, checkpoint: Checkpoint): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ collection, checkpoint, resolve, reject });
      void this.#run();
    });
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

  async #exchange(batch: readonly Waiting[]): Promise<void> {
    try {
      const body = { pulls: batch.map(({ collection, checkpoint }) => ({ collection, checkpoint })) };
      const { results } = PullResponse.parse(await request(this.#options, PULL_PATH, body));
      batch.forEach(({ collection, resolve }, index) => resolve(results[index] ?? { collection }));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }
}
