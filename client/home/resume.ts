import type { PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";

const touchedAt = (row: Progress): number => Math.max(row.seenAt ?? 0, row.position?.at ?? 0, row.done?.at ?? 0);

/**
 * Where the person was: the page they touched last, if it is not done; if it is done, the page after it in its course that is
 * not; the first page of all if nothing was opened yet. Null: all is done. `ordered`: the published pages of all courses, each course in its order.
 */
export function resumeAt(ordered: readonly PageItem[], progress: readonly Progress[]): PageItem | null {
  const done = new Set(progress.filter((row) => row.done?.value).map((row) => row.itemId));
  const latestFirst = [...progress].sort((a, b) => touchedAt(b) - touchedAt(a));
  for (const row of latestFirst) {
    const here = ordered.findIndex((page) => page.id === row.itemId);
    const page = ordered[here];
    if (!page) continue;
    if (!done.has(page.id)) return page;
    const next = ordered.slice(here + 1).find((other) => other.courseId === page.courseId && !done.has(other.id));
    if (next) return next;
  }
  return progress.length === 0 ? (ordered[0] ?? null) : null;
}

export interface PageAt {
  readonly page: PageItem;
  readonly at: number;
  readonly done: boolean;
}

/** The pages of these rows that are still there, newest first, each with when. */
const newestFirst = (ordered: readonly PageItem[], progress: readonly Progress[], atOf: (row: Progress) => number): PageAt[] =>
  [...progress]
    .sort((a, b) => atOf(b) - atOf(a))
    .flatMap((row) => {
      const page = ordered.find((one) => one.id === row.itemId);
      return page ? [{ page, at: atOf(row), done: row.done?.value === true }] : [];
    });

/** The pages touched last. */
export const lately = (ordered: readonly PageItem[], progress: readonly Progress[], count: number): PageAt[] => newestFirst(ordered, progress, touchedAt).slice(0, count);

/** All pages with a bookmark. */
export const bookmarked = (ordered: readonly PageItem[], progress: readonly Progress[]): PageAt[] =>
  newestFirst(ordered, progress.filter((row) => row.bookmark?.value), (row) => row.bookmark?.at ?? 0);

/** The pages of every course in the order of their modules. */
export function inCourseOrder(pages: readonly PageItem[], modules: readonly { readonly id: string; readonly order: string; readonly state: string }[]): PageItem[] {
  const shown = new Map(modules.filter((module) => module.state === "published").map((module) => [module.id, module.order]));
  const key = (page: PageItem) => `${page.courseId} ${shown.get(page.moduleId) ?? ""} ${page.moduleId} ${page.order} ${page.id}`;
  return pages
    .filter((page) => page.state === "published" && shown.has(page.moduleId))
    .map((page) => ({ page, key: key(page) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ page }) => page);
}
