import type { DirtyDocument, LocalDatabase } from "./local.ts";

/** Only the last written revision can stand in the document; a few more, because two tabs may be between mark and write at once. */
const EARLIER_MAX = 8;

const revsOf = ({ earlier = [], rev }: DirtyDocument): readonly string[] => [...earlier, rev];

/** The same mark for these revisions, oldest first; null for none. */
function markOf(mark: DirtyDocument, revs: readonly string[]): DirtyDocument | null {
  const rev = revs.at(-1);
  if (rev === undefined) return null;
  const { earlier: _, ...rest } = mark;
  const before = revs.slice(0, -1).slice(-EARLIER_MAX);
  return { ...rest, rev, ...(before.length > 0 ? { earlier: before } : {}) };
}

/** What is left of a mark when the server has answered a revision: that one and all before it are settled. Null: nothing waits. */
export function withoutAnswered(mark: DirtyDocument, rev: unknown): DirtyDocument | null {
  const revs = revsOf(mark);
  return markOf(mark, revs.slice(revs.findIndex((one) => one === rev) + 1));
}

/** The mark that is true of a document that stands at `rev`. Null: nothing of what was marked stands there. */
export const standingAt = (mark: DirtyDocument, rev: string | undefined): DirtyDocument | null => (rev !== undefined && revsOf(mark).includes(rev) ? markOf(mark, [rev]) : null);

/**
 * Marks a document whose write begins, and remembers what of it waited before: if the tab dies between mark and write, the write before
 * it stands, and the server does not have that one either.
 */
export const putMark = (local: LocalDatabase, mark: DirtyDocument): Promise<void> =>
  local.transaction("rw", local.dirty, async () => {
    const before = await local.dirty.get(mark.key);
    await local.dirty.put(markOf(mark, before ? [...revsOf(before), mark.rev] : [mark.rev]) ?? mark);
  });
