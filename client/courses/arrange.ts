import { byOrder, evenKeys, keyBetween } from "@mochila/shared/kernel/ordering.ts";

export interface Ordered {
  readonly id: string;
  readonly order: string;
}

/** The key of a row that is added at the end. */
export function keyAtEnd(rows: readonly Ordered[]): string {
  const last = [...rows].sort(byOrder).at(-1);
  return keyBetween(last?.order ?? null, null);
}

/**
 * New order keys that bring a row one place up (−1) or down (+1) among its siblings: one row is rewritten, or all of them where two devices
 * have chosen the same key offline and there is no room between. Empty: it is at the end already.
 */
export function moveBy(rows: readonly Ordered[], id: string, step: -1 | 1): Ordered[] {
  const sorted = [...rows].sort(byOrder);
  const from = sorted.findIndex((row) => row.id === id);
  const to = from + step;
  const moved = sorted[from];
  if (!moved || to < 0 || to >= sorted.length) return [];
  const others = sorted.filter((row) => row.id !== id);
  const [before, after] = [others[to - 1]?.order ?? null, others[to]?.order ?? null];
  if (before === null || after === null || before < after) return [{ id, order: keyBetween(before, after) }];
  const keys = evenKeys(sorted.length);
  return [...others.slice(0, to), moved, ...others.slice(to)].map((row, index) => ({ id: row.id, order: keys[index] ?? row.order }));
}
