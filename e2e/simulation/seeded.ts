import type { Random } from "@mochila/shared/kernel/random.ts";

/** Randomness from a seed (mulberry32): the same operations and faults in each run of a seed. */
export interface Seeded extends Random {
  readonly seed: number;
  below(count: number): number;
  chance(probability: number): boolean;
  pick<Element>(elements: readonly Element[]): Element | undefined;
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(fraction() * count);
  return {
    seed,
    fraction,
    below,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    chance: (probability) => fraction() < probability,
    pick: (elements) => elements[below(elements.length)],
  };
}
