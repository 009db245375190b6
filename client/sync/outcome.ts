import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { RescuedWork } from "../person.ts";
import type { AcceptedRev, DirtyDocument, LocalDatabase } from "../db/local.ts";
import type { RescueStore } from "./conflict-handler.ts";
import type { RowAnswer } from "./push-channel.ts";

const ACCEPTED_KEPT_MS = 7 * 24 * 3_600_000;
const WAIT_MS_MAX = 5_000;
/** A write follows its mark within milliseconds, on a slow phone too. */
const WRITE_MS_MAX = 2_000;

export interface OutcomeOptions {
  readonly local: LocalDatabase;
  readonly clock: Clock;
  pause(ms: number): Promise<void>;
}

export interface Outcomes extends RescueStore {
  /** Notes what the server said before RxDB hears of it. */
  note(answers: readonly RowAnswer[]): Promise<void>;
  /** At start: drops marks whose write never happened, and accepted revs past their time. */
  heal(revOf: (collection: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>): Promise<void>;
}

/**
 * The books of a push: which local writes the server has answered, which it refused, what was rescued.
 * Order of a normal end: (1) the answer arrives, (2) the mark is cleared here, (3) RxDB stores that the master is known. A crash between
 * 2 and 3 sends the row once more, and the server knows its rev. The other order could show a change as waiting for ever.
 */
export function makeOutcomes({ local, clock, pause }: OutcomeOptions): Outcomes {
  const refusals = new Map<string, string>();

  /** A full disk is waited out: what is kept here exists nowhere else. */
  const insist = async (write: () => Promise<unknown>): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await write();
        return;
      } catch (error) {
        if (error instanceof Error && error.name === "DatabaseClosedError" && local.hasBeenClosed()) throw error;
        await pause(Math.min(WAIT_MS_MAX, 50 * 2 ** attempt));
      }
    }
  };

  return {
    keep: (work: RescuedWork) => insist(() => local.rescued.put(work)),

    takeRefusal(collection, id, rev) {
      const key = `${collection}/${id}/${rev}`;
      const code = refusals.get(key);
      refusals.delete(key);
      return code;
    },

    async note(answers) {
      const accepted: AcceptedRev[] = [];
      for (const { collection, row, master, refused } of answers) {
        const { id, rev } = row.newDocumentState as { id: string; rev: string };
        if (refused !== undefined) refusals.set(`${collection}/${id}/${rev}`, refused);
        else if (!master) accepted.push({ key: `${id}/${rev}`, collection, id, rev, at: clock.now() });
      }
      await insist(() =>
        local.transaction("rw", local.dirty, local.accepted, async () => {
          await local.accepted.bulkPut(accepted);
          const pushed = answers.map(({ collection, row }) => ({ key: `${collection}/${String(row.newDocumentState["id"])}`, rev: row.newDocumentState["rev"] }));
          const marks = await local.dirty.bulkGet(pushed.map(({ key }) => key));
          await local.dirty.bulkDelete(pushed.filter(({ rev }, index) => marks[index]?.rev === rev).map(({ key }) => key));
        }),
      );
    },

    async heal(revOf) {
      await local.accepted.where("at").below(clock.now() - ACCEPTED_KEPT_MS).delete();
      const byCollection = new Map<string, DirtyDocument[]>();
      for (const mark of await local.dirty.toArray()) byCollection.set(mark.collection, [...(byCollection.get(mark.collection) ?? []), mark]);
      for (const [collection, marks] of byCollection) {
        const missing = async (some: readonly DirtyDocument[]) => {
          const revs = await revOf(collection, some.map(({ id }) => id));
          return some.filter(({ id, rev }) => revs.get(id) !== rev);
        };
        let lost = await missing(marks);
        if (lost.length === 0) continue;
        // Another tab may be between its mark and its write at this moment: a mark that goes then is a change that nobody counts.
        await pause(WRITE_MS_MAX);
        lost = await missing(lost);
        for (const mark of lost) {
          // Only this mark: the person may have written again since it was read.
          await local.dirty.where("key").equals(mark.key).and((now) => now.rev === mark.rev).delete();
        }
      }
    },
  };
}
