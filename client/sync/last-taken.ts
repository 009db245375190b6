import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { AcceptedRev, LocalDatabase } from "../db/local.ts";
import type { RowAnswer } from "./push-channel.ts";

/** No device makes it. */
const NIL = "00000000-0000-0000-0000-000000000000";
/** As long as what was accepted is kept. */
const SAID_MS = 7 * 24 * 3_600_000;
const LAST_TAKEN = "last-taken";

export interface Taken extends Revision {
  /** The revision under which a page brings it: the server's own where it was merged with other work. */
  readonly stands: string;
}

interface Kept extends Revision {
  readonly at: number;
  /** Absent: as it was sent. */
  readonly stands?: string;
}

/** What an answer says was taken: the server knows its revision. Not so a removal of what it never had. */
export function takenOf({ row, master, refused }: RowAnswer): Taken | null {
  const { id, rev, _deleted: removes } = row.newDocumentState as { id: string; rev: string; _deleted?: boolean };
  if (refused !== undefined || removes === true || master?._deleted) return null;
  return { id, rev, stands: master ? String(master["rev"]) : rev };
}

/** Said while things are offered again: what was said before may be in already, of the half that was offered, and would tell of nothing. */
export const KNOWN_TO_NO_SERVER: Taken = { id: NIL, rev: NIL, stands: NIL };

/** In the transaction that notes the answer. */
export const noteTaken = (local: LocalDatabase, taken: Taken, clock: Clock): Promise<void> => local.set(LAST_TAKEN, { ...taken, at: clock.now() } satisfies Kept);

export interface LastOffered {
  /** What is offered. */
  accepted(): Promise<readonly AcceptedRev[]>;
  note(answers: readonly RowAnswer[]): void;
  last(): Taken | null;
}

/**
 * Of what is offered again after a restore, that which the server had taken last the first time. A backup lacks what came after it: if it lacked
 * anything, it lacked this, and this is new to the server now. What it was told last now may be what it had all along, and would say nothing
 * of a second restore.
 */
export function makeLastOffered(accepted: () => PromiseLike<readonly AcceptedRev[]>): LastOffered {
  const takenAt = new Map<string, number>();
  let last: { readonly taken: Taken; readonly at: number } | null = null;
  return {
    accepted: async () => {
      const all = await accepted();
      for (const { key, at } of all) takenAt.set(key, at);
      return all;
    },
    note: (answers) => {
      for (const answer of answers) {
        const taken = takenOf(answer);
        const at = taken ? (takenAt.get(`${taken.id}/${taken.rev}`) ?? 0) : 0;
        if (taken && at >= (last?.at ?? 0)) last = { taken, at };
      }
    },
    last: () => last?.taken ?? null,
  };
}

export interface LastTaken {
  /** What requests say of it; null: nothing. */
  say(): Promise<Revision | null>;
  /** A page is here. */
  arrived(collection: string, documents: readonly { readonly id: string }[]): void;
  /** What has arrived of a collection is written, with its checkpoint. */
  written(collection: string): Promise<void>;
  /** After a restore, before anything is offered again: an app that is closed from here on, until `replace`, is told once more of the restore. */
  beginAgain(): Promise<void>;
  /** All that the server had taken is offered again: from here on it is the last of that which counts; null: nothing was. */
  replace(taken: Taken | null): Promise<void>;
}

/**
 * The last write that the server has taken and no page has brought back. Until one has, no checkpoint of this device is as late as the write: an
 * app is often closed in between, for what waits goes when it is hidden. If a backup of before the write is put back then, only this tells.
 */
export function makeLastTaken({ local, clock }: { local: LocalDatabase; clock: Clock }): LastTaken {
  let said: Kept | null = null;
  let brought: { readonly collection: string; readonly rev: string } | null = null;
  return {
    say: async () => {
      const kept = await local.setting<Kept>(LAST_TAKEN);
      said = kept && clock.now() - kept.at < SAID_MS ? kept : null;
      return said && { id: said.id, rev: said.rev };
    },
    arrived: (collection, documents) => {
      if (!said) return;
      const { id, rev, stands = rev } = said;
      if (documents.some((document) => document.id === id && (document as Partial<Revision>).rev === stands)) brought = { collection, rev };
    },
    written: async (collection) => {
      if (brought?.collection !== collection) return;
      const { rev } = brought;
      brought = null;
      await local.transaction("rw", local.settings, async () => {
        if ((await local.setting<Kept>(LAST_TAKEN))?.rev === rev) await local.settings.delete(LAST_TAKEN);
      });
    },
    beginAgain: () => noteTaken(local, KNOWN_TO_NO_SERVER, clock),
    replace: (taken) => (taken ? noteTaken(local, taken, clock) : local.settings.delete(LAST_TAKEN)),
  };
}
