import { getAssumedMasterState, type RxStorageInstanceReplicationState } from "rxdb/plugins/core";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";

export interface NotedAnswersOptions {
  /** Undefined: the replication has not begun. */
  state(): RxStorageInstanceReplicationState<SyncedDocument> | undefined;
  /** Ids of the documents that are marked as unanswered. */
  unsentIds(): Promise<readonly string[]>;
  /** These writes wait for nothing any more. */
  onNoted(revisions: readonly Revision[]): Promise<void>;
}

export interface NotedAnswers {
  /** Sends rows of RxDB's. */
  send<Answer>(rows: readonly PushRow[], push: () => Promise<Answer>): Promise<Answer>;
  /** Once, before the first page is taken: writes whose answer was noted in an earlier life of the app. */
  begin(): Promise<void>;
}

/**
 * Duty: the mark of a write goes when RxDB has noted what became of it, not when the answer arrives.
 * What would go wrong: (1) a write is refused, and its mark goes, (2) the app is closed before RxDB has put the master over it, (3) the row lies
 * before the place that pushes had reached, so that nobody looks at it: it is never offered again, no page touches it, and a repair of the
 * collection puts the server's version over text that was not rescued.
 * How: RxDB sends the next rows of a collection, or ends its queue, when it has noted the answers to those before.
 * What breaks: closed between note and mark, the write stays marked. At the next start it is what the server is believed to hold, and its mark goes;
 * a master stands in its place, and the mark is one of a write that never happened (`heal`).
 */
export function makeNotedAnswers({ state, unsentIds, onNoted }: NotedAnswersOptions): NotedAnswers {
  let answered: Revision[] = [];
  let begun: Promise<void> | null = null;
  const settle = () => (answered.length > 0 ? onNoted(answered.splice(0)) : Promise.resolve());
  const settleAtEnd = async (replication: RxStorageInstanceReplicationState<SyncedDocument>) => {
    await replication.streamQueue.up;
    // It notes nothing once it is to end.
    if (replication.events.canceled.getValue() || replication.events.paused.getValue()) answered = [];
    await settle();
  };
  return {
    send: async (rows, push) => {
      await settle();
      const answer = await push();
      answered.push(...rows.map(({ newDocumentState: { id, rev } }) => ({ id, rev }) as Revision));
      const replication = state();
      if (replication) void settleAtEnd(replication);
      return answer;
    },
    begin: () => {
      const replication = state();
      if (replication) begun ??= unsentIds().then(async (ids) => onNoted(await known(replication, ids)));
      return begun ?? Promise.resolve();
    },
  };
}

/** Those of these documents that stand on the device as the server is believed to hold them. */
async function known(state: RxStorageInstanceReplicationState<SyncedDocument>, ids: readonly string[]): Promise<Revision[]> {
  if (ids.length === 0) return [];
  const held = await state.input.forkInstance.findDocumentsById([...ids], true);
  const assumed = await getAssumedMasterState(state, [...ids]);
  const isKnown = ({ id, rev, _deleted }: (typeof held)[number]) => assumed[id]?.docData.rev === rev && assumed[id].docData._deleted === _deleted;
  return held.filter(isKnown).map(({ id, rev }) => ({ id, rev }));
}
