import { COLLECTIONS_PER_REQUEST_MAX } from "@mochila/shared/limits.ts";
import { type Checkpoint, PullResponse, type PulledDocument } from "@mochila/shared/sync/pull.ts";
import { request, type RequestOptions } from "./request.ts";

/** Time in which the calls of all collections meet in one request. */
export const GATHER_MS = 5;

export interface Page {
  readonly documents: readonly (PulledDocument & { _deleted: boolean })[];
  readonly checkpoint: Checkpoint;
}

interface Waiting {
  readonly collection: string;
  readonly checkpoint: Checkpoint;
  resolve(page: Page): void;
  reject(error: unknown): void;
}

export interface PullChannelOptions extends RequestOptions {
  /** Plain time, not cut short by `wake`. */
  gather(ms: number): Promise<void>;
  /** This collection has everything that the server had. */
  onEnd(collection: string): void;
}

/**
 * Duty: one request for all collections, one at a time.
 * Invariant: RxDB (batch size 1) asks again after every page that is not empty, and only an empty page ends its round. After a last
 * page the server has said so already, and the channel answers the empty one itself (DECISIONS 14).
 * What breaks: nothing is kept; a call that fails for good rejects and RxDB calls again.
 */
export class PullChannel {
  readonly #options: PullChannelOptions;
  #waiting: Waiting[] = [];
  #running = false;
  readonly #ended = new Map<string, Checkpoint>();

  constructor(options: PullChannelOptions) {
    this.#options = options;
  }

  pull(collection: string, checkpoint: Checkpoint): Promise<Page> {
    if (this.#ended.has(collection) && this.#ended.get(collection) === checkpoint) {
      this.#ended.delete(collection);
      this.#options.onEnd(collection);
      return Promise.resolve({ documents: [], checkpoint });
    }
    this.#ended.delete(collection);
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
      const { results } = PullResponse.parse(await request(this.#options, "/api/sync/pull", body));
      batch.forEach((waiting, index) => this.#answer(waiting, results[index]));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  #answer(waiting: Waiting, result: PullResponse["results"][number] | undefined): void {
    const { collection, checkpoint, resolve } = waiting;
    const documents = (result?.documents ?? []).map((document) => ({ ...document, _deleted: document._deleted === true }));
    if (documents.length === 0) {
      this.#options.onEnd(collection);
      resolve({ documents: [], checkpoint });
      return;
    }
    const next = result?.checkpoint ?? checkpoint;
    if (!result?.more) this.#ended.set(collection, next);
    resolve({ documents, checkpoint: next });
  }
}
