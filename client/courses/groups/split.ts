import type { Random } from "@mochila/shared/kernel/random.ts";

/** All of these in `count` parts by chance, whose sizes differ by one at most. */
export function splitByChance<Item>(items: readonly Item[], count: number, { fraction }: Pick<Random, "fraction">): Item[][] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(fraction() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as Item, mixed[last] as Item];
  }
  return Array.from({ length: count }, (_, part) => mixed.filter((_item, index) => index % count === part));
}
