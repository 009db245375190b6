import { CodedError } from "@mochila/shared/errors.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { Sql, Transaction } from "../db/database.ts";

/** A revision of a document, as one string for a Set. */
export const revisionKey = (document: string, rev: string): string => `${document}/${rev}`;

/**
 * Which of these revisions were written before. Asked after the documents are locked: a second copy of the same request waits for
 * the first at the lock, and must see what it wrote.
 */
export async function appliedRevisions(sql: Sql, revisions: readonly Revision[]): Promise<Set<string>> {
  if (revisions.length === 0) return new Set();
  const rows = await sql<{ document: string; rev: string }[]>`
    select document, rev from applied_rev join unnest(${revisions.map(({ id }) => id)}::uuid[], ${revisions.map(({ rev }) => rev)}::uuid[])
      as asked (document, rev) using (document, rev)`;
  return new Set(rows.map(({ document, rev }) => revisionKey(document, rev)));
}

/** Of what was answered with the master that says all of it already: nothing is written, and all the same it was taken. */
export async function keepApplied(transaction: Transaction, userId: string, revisions: readonly Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  await transaction`
    insert into applied_rev (document, rev, user_id)
    select document, rev, ${userId}::uuid from unnest(${revisions.map(({ id }) => id)}::uuid[], ${revisions.map(({ rev }) => rev)}::uuid[]) as taken (document, rev)
    on conflict do nothing`;
}

/**
 * What breaks without it: (1) a device writes, (2) the app is closed before a page brings the write, so that all of its checkpoints are older,
 * (3) a copy of between the checkpoints and the write is put back: nothing else tells that the write is lost.
 */
export async function requireTaken(sql: Sql, taken: Revision | undefined): Promise<void> {
  if (taken && (await appliedRevisions(sql, [taken])).size === 0) throw epochChanged();
}

export const epochChanged = () => new CodedError("epoch_changed", "This server was put back to an earlier state. Offer what it has taken once more, then begin anew.");
