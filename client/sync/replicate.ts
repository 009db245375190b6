import { getAssumedMasterState, type RxCollection, type WithDeleted } from "rxdb/plugins/core";
import { replicateRxCollection, type RxReplicationState } from "rxdb/plugins/replication";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import { Subject } from "rxjs";
import { REPLICATION } from "../db/names.ts";
import type { PullChannel } from "./pull-channel.ts";
import { believeHeld } from "./believe-held.ts";
import { makeNotedAnswers } from "./noted-answers.ts";
import { offerUnsent } from "./offer-unsent.ts";
import { ownRows } from "./own-rows.ts";
import { makePageTurns } from "./page-turns.ts";
import { makePushedMeanwhile } from "./pushed-meanwhile.ts";
import type { Quiet } from "./quiet.ts";
import type { PushChannel } from "./push-channel.ts";

/** RxDB merges checkpoints as objects; ours is a text. */
interface StoredCheckpoint {
  readonly text: Checkpoint;
}

export interface ReplicateOptions {
  readonly collections: readonly RxCollection<SyncedDocument>[];
  readonly pulls: PullChannel;
  readonly pushes: PushChannel;
  /** Ids of the documents that were written here and not answered yet. */
  unsentIds(collection: string): Promise<readonly string[]>;
  /** RxDB has noted what became of these writes. */
  onNoted(collection: string, revisions: readonly Revision[]): Promise<void>;
  /** For collections that are sent when the person pauses; null: sent at once. */
  quietOf?(collection: string): Quiet | null;
  /** This collection has everything that the server had, and it is written. */
  onEnd(collection: string): void;
  onError(error: unknown): void;
}

export interface Replications {
  /** Asks for news, and looks for local work that was not sent, in these collections (all when empty). */
  resync(collections: readonly string[]): void;
  /** What the server is believed to hold of these documents; absent where it is believed to hold nothing. */
  believed(collection: string, ids: readonly string[]): Promise<WithDeleted<SyncedDocument>[]>;
  /** Nothing is written or sent after it resolves. */
  stop(): Promise<void>;
}

/** Two quick edits meet in one push; more would only delay the first. */
const PUSH_BATCH_ROWS = 100;
/** The transport waits by itself; this is only for requests that were refused as a whole. */
const REFUSED_RETRY_MS = 5_000;

/** Starts one live replication per collection, all over the same two channels. */
export function startReplications({ collections, pulls, pushes, unsentIds, onNoted, quietOf, onEnd, onError }: ReplicateOptions): Replications {
  const running = collections.map((collection) => {
    const stream = new Subject<"RESYNC">();
    const quiet = quietOf?.(collection.name) ?? null;
    offerUnsent(collection.storageInstance, () => unsentIds(collection.name));
    const turns = makePageTurns(collection.storageInstance);
    const meanwhile = makePushedMeanwhile();
    const noted = makeNotedAnswers({ state: () => state.internalReplicationState, unsentIds: () => unsentIds(collection.name), onNoted: (revisions) => onNoted(collection.name, revisions) });
    const state: RxReplicationState<SyncedDocument, StoredCheckpoint> = replicateRxCollection<SyncedDocument, StoredCheckpoint>({
      collection,
      replicationIdentifier: REPLICATION,
      live: true,
      // Our own leader decides: RxDB's would keep a frozen tab, and every tab shown would replicate beside it (DECISIONS 15).
      waitForLeadership: false,
      toggleOnDocumentVisible: false,
      retryTime: REFUSED_RETRY_MS,
      pull: {
        // 1: a page is never "short", so only an empty one ends the round (DECISIONS 14).
        batchSize: 1,
        stream$: stream,
        async handler(last) {
          const { documents, checkpoint, repairs = false } = await meanwhile.freshPage(async () => {
            const page = await pulls.pull(collection.name, last?.text ?? null);
            // The page waits until RxDB has noted the answers of the pushes before it. Otherwise: (1) our write is taken, its answer is on
            // the way, (2) somebody else writes, and the page with it arrives first, (3) RxDB passes over the document, because our write
            // still counts as unsent, and the checkpoint moves on, (4) "accepted" arrives: this device stays wrong until the next change.
            await state.internalReplicationState?.streamQueue.up;
            await noted.begin();
            return page;
          });
          const replication = state.internalReplicationState;
          if (repairs && replication) await believeHeld(replication, { ids: documents.map(({ id }) => id), unsentIds: () => unsentIds(collection.name) });
          await turns.turn();
          turns.given(documents);
          // RxDB asks on while it writes; its queues are through when the pages before this empty one are on the disk, with the place they reach.
          if (documents.length === 0) void replication?.streamQueue.down.then(() => replication.checkpointQueue).then(() => onEnd(collection.name));
          return { documents: [...documents] as never[], checkpoint: { text: checkpoint } };
        },
      },
      // A removal is answered as a stub without fields.
      push: {
        batchSize: PUSH_BATCH_ROWS,
        handler: async (rows) => {
          const own = await ownRows(collection.storageInstance, rows);
          if (own.length === 0) return [];
          const conflicts = (await noted.send(own, () => pushes.push(collection.name, own))) as WithDeleted<SyncedDocument>[];
          meanwhile.answered(own.map(({ newDocumentState }) => newDocumentState.id));
          return conflicts;
        },
        ...(quiet ? { waitBeforePersist: quiet.written } : {}),
      },
    });
    state.error$.subscribe(onError);
    const ask = () => {
      // RxDB looks for unsent work when it is asked for news: our own last push, told by a hint, would send the next half sentence.
      const writing = quiet?.running();
      if (writing) void writing.then(() => stream.next("RESYNC"));
      else stream.next("RESYNC");
    };
    return { name: collection.name, ask, state, turns };
  });
  return {
    resync: (names) => {
      for (const { name, ask } of running) if (names.length === 0 || names.includes(name)) ask();
    },
    believed: async (collection, ids) => {
      const state = running.find(({ name }) => name === collection)?.state.internalReplicationState;
      return state ? Object.values(await getAssumedMasterState(state, [...ids])).map(({ docData }) => docData) : [];
    },
    stop: async () => {
      // Paused first: RxDB takes a push that ends while it is cancelled, not paused, for an accepted one.
      await Promise.all(running.map(({ state }) => state.pause()));
      for (const { turns } of running) turns.release();
      await Promise.all(running.map(({ state }) => state.cancel()));
    },
  };
}
