import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { RescuedWork } from "../person.ts";
import type { AcceptedRev, DirtyDocument, LocalDatabase } from "../db/local.ts";
import { insist } from "../db/insist.ts";
import { standingAt, withoutAnswered } from "../db/marks.ts";
import type { TitleOf } from "../db/titles.ts";
import type { Answered, RescueStore } from "./conflict-handler.ts";
import { noteTaken, type Taken, takenOf } from "./last-taken.ts";
import type { RowAnswer } from "./push-channel.ts";

const ACCEPTED_KEPT_MS = 7 * 24 * 3_600_000;
/** A write follows its mark within milliseconds, on a slow phone too. */
export const WRITE_MS_MAX = 2_000;

export interface OutcomeOptions {
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly titleOf: TitleOf;
  pause(ms: number): Promise<void>;
}

export interface Outcomes extends RescueStore {
  /** Notes what the server said before RxDB hears of it. */
  note(answers: readonly RowAnswer[]): Promise<void>;
  /** Clears the marks of these writes, and of those before them: RxDB has noted what became of them. */
  settle(collection: string, revisions: readonly Revision[]): Promise<void>;
  /** At start: sets marks whose write never happened back to what stands unsent, drops them if nothing does; drops accepted revs past their time. */
  heal(revOf: (collection: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>): Promise<void>;
}

/**
 * What the server holds now of what was pushed: as it is, or merged; then what stands has a revision of the server. What is offered again and stands
 * as it was is kept already, with the time at which it was taken first: that order tells of the next restore (E3).
 */
export function acceptedOf({ collection, row, master, refused }: RowAnswer, at: number): AcceptedRev[] {
  if (refused !== undefined || master?._deleted || (row.again && !master)) return [];
  const { id, rev } = (master ?? row.newDocumentState) as { id: string; rev: string };
  return [{ key: `${id}/${rev}`, collection, id, rev, at }];
}

/**
 * The books of a push: which local writes the server has answered, which it refused, what was rescued.
 * Order of a normal end: (1) the answer arrives, (2) it is kept here what it says, (3) RxDB notes it, or puts the master over the write, (4) the
 * mark is cleared (`noted-answers.ts` says what another order would lose). A crash before 4 sends the row once more, and the server knows its rev.
 */
export function makeOutcomes({ local, clock, titleOf, pause }: OutcomeOptions): Outcomes {
  /** Of writes that were not taken as sent, until RxDB asks what becomes of them. */
  const untaken = new Map<string, Answered>();

  /** A full disk is waited out: what is kept here exists nowhere else. */
  const insistOn = (write: () => PromiseLike<unknown>): Promise<void> =>
    insist(async () => void (await write()), { wait: pause, onFailure: () => Promise.resolve(), isFinal: (error) => error instanceof Error && error.name === "DatabaseClosedError" && local.hasBeenClosed() });

  const replaceMark = (mark: DirtyDocument, next: DirtyDocument | null): PromiseLike<unknown> => (next ? local.dirty.put(next) : local.dirty.delete(mark.key));

  return {
    keep: (work: RescuedWork, saysAllOf) =>
      insistOn(() =>
        local.transaction("rw", local.rescued, async () => {
          const earlier = await local.rescued.where("key").startsWith(`${work.documentId}/`).toArray();
          await local.rescued.bulkDelete(earlier.filter(saysAllOf).map(({ key }) => key));
          await local.rescued.put(work);
        }),
      ),

    titleOf,

    takeAnswer(collection, id, rev) {
      const key = `${collection}/${id}/${rev}`;
      const answered = untaken.get(key);
      untaken.delete(key);
      return answered;
    },

    async note(answers) {
      const accepted: AcceptedRev[] = [];
      let taken: Taken | null = null;
      for (const answer of answers) {
        const { collection, row, master, refused } = answer;
        const { id, rev } = row.newDocumentState as { id: string; rev: string };
        if (master) {
          const mark = await local.dirty.get(`${collection}/${id}`);
          untaken.set(`${collection}/${id}/${rev}`, { refused, title: mark?.title ?? null, writtenAt: mark?.at ?? null });
        }
        accepted.push(...acceptedOf(answer, clock.now()));
        // What is offered again counts when all of it was: closed in between, the one before still tells of the restore.
        if (!row.again) taken = takenOf(answer) ?? taken;
      }
      await insistOn(() =>
        local.transaction("rw", local.accepted, local.settings, async () => {
          await local.accepted.bulkPut(accepted);
          if (taken) await noteTaken(local, taken, clock);
        }),
      );
    },

    settle: (collection, revisions) =>
      insistOn(() =>
        local.transaction("rw", local.dirty, async () => {
          for (const { id, rev } of revisions) {
            const mark = await local.dirty.get(`${collection}/${id}`);
            if (mark) await replaceMark(mark, withoutAnswered(mark, rev));
          }
        }),
      ),

    async heal(revOf) {
      await local.accepted.where("at").below(clock.now() - ACCEPTED_KEPT_MS).delete();
      const byCollection = new Map<string, DirtyDocument[]>();
      for (const mark of await local.dirty.toArray()) byCollection.set(mark.collection, [...(byCollection.get(mark.collection) ?? []), mark]);
      for (const [collection, marks] of byCollection) {
        const strayed = async (some: readonly DirtyDocument[]) => {
          const revs = await revOf(collection, some.map(({ id }) => id));
          return some.flatMap((mark) => (revs.get(mark.id) === mark.rev ? [] : [{ mark, stands: revs.get(mark.id) }]));
        };
        const first = await strayed(marks);
        if (first.length === 0) continue;
        // Another tab may be between its mark and its write at this moment: a mark that goes then is a change that nobody counts.
        await pause(WRITE_MS_MAX);
        const still = await strayed(first.map(({ mark }) => mark));
        await local.transaction("rw", local.dirty, async () => {
          for (const { mark, stands } of still) {
            const now = await local.dirty.get(mark.key);
            // Only this mark: the person may have written again since it was read.
            if (now?.rev === mark.rev) await replaceMark(now, standingAt(now, stands));
          }
        });
      }
    },
  };
}
