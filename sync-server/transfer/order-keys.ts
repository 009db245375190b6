import { evenKeys, keyBetween } from "@mochila/shared/kernel/ordering.ts";

/**
 * An order key for each of `keys`, in their order. Those that have one keep it where that is possible, so that a chapter put between two
 * others rewrites no other.
 */
export function orderKeys(keys: readonly string[], existing: ReadonlyMap<string, string>): string[] {
  const known = keys.flatMap((key) => existing.get(key) ?? []);
  const rising = known.every((order, index) => index === 0 || (known[index - 1] ?? "") < order);
  if (known.length === 0 || !rising) return evenKeys(keys.length);
  const orders: string[] = [];
  for (const [index, key] of keys.entries()) {
    const next = keys.slice(index).flatMap((later) => existing.get(later) ?? [])[0] ?? null;
    orders.push(existing.get(key) ?? keyBetween(orders.at(-1) ?? null, next));
  }
  return orders;
}
