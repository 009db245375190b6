import type { RxCollection } from "rxdb/plugins/core";
import { POLL_SECONDS } from "@mochila/shared/limits.ts";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { type Page, PullChannel, type PullChannelOptions } from "../../sync/pull-channel.ts";
import { Superseded } from "../../sync/request.ts";

export interface ReplicaOptions extends Omit<PullChannelOptions, "collections"> {
  readonly collections: readonly RxCollection<SyncedDocument>[];
  /** All collections have everything that the server had. */
  onRound(): void;
  onFailure(error: unknown): void;
}

/**
 * Duty: what a person receives, brought into collections that nobody writes. It only ever asks: there is nothing that could send.
 * Invariant: one round at a time; what is asked for meanwhile is one more round after it. How far each collection was read is kept beside it in memory,
 * and goes with it.
 */
export function followSchool({ collections, onRound, onFailure, ...requests }: ReplicaOptions): { look(): void; stop(): void } {
  const pulls = new PullChannel({ ...requests, collections: collections.map(({ name }) => name) });
  const reached = new Map<string, Checkpoint>();
  let running = false;
  let again = false;
  const bring = async (collection: RxCollection<SyncedDocument>): Promise<void> => {
    for (;;) {
      const page = await pulls.pull(collection.name, reached.get(collection.name) ?? null);
      if (page.documents.length === 0 || !requests.stillLeader()) return;
      await put(collection, page.documents);
      reached.set(collection.name, page.checkpoint);
    }
  };
  const look = async (): Promise<void> => {
    again = running;
    if (running) return;
    running = true;
    try {
      do {
        again = false;
        await Promise.all(collections.map(bring));
      } while (again as boolean);
      if (requests.stillLeader()) onRound();
    } catch (error) {
      if (!(error instanceof Superseded)) onFailure(error);
    } finally {
      running = false;
    }
  };
  const poll = setInterval(() => void look(), POLL_SECONDS * 1_000);
  void look();
  return { look: () => void look(), stop: () => clearInterval(poll) };
}

async function put(collection: RxCollection<SyncedDocument>, documents: Page["documents"]): Promise<void> {
  const gone = documents.filter(({ _deleted: deleted }) => deleted);
  const here = documents.filter(({ _deleted: deleted }) => !deleted).map(({ _deleted, ...document }) => document as unknown as SyncedDocument);
  if (gone.length > 0) await collection.bulkRemove(gone.map(({ id }) => id));
  if (here.length > 0) await collection.bulkUpsert(here);
}
