import type { Transaction } from "../db/database.ts";

/** A revision of a document, as one string for a Set. */
export const revisionKey = (document: string, rev: string): string => `${document}/${rev}`;

/**
 * Which of these revisions were written before. Asked after the documents are locked: a second copy of the same request waits for
 * the first at the lock, and must see what it wrote.
 */
export async function appliedRevisions(transaction: Transaction, revisions: readonly { readonly id: string; readonly rev: string }[]): Promise<Set<string>> {
  if (revisions.length === 0) return new Set();
  const rows = await transaction<{ document: string; rev: string }[]>`
    select document, rev from applied_rev join unnest(${revisions.map(({ id }) => id)}::uuid[], ${revisions.map(({ rev }) => rev)}::uuid[])
      as asked (document, rev) using (document, rev)`;
  return new Set(rows.map(({ document, rev }) => revisionKey(document, rev)));
}
