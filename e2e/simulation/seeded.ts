import type { Random } from "@mochila/shared/kernel/random.ts";

/** Randomness from a seed (mulberry32): the same operations and faults in each run of a seed. */
export interface Seeded extends Random {
  readonly seed: number;
  below(count: number): number;
  chance(probability: number): boolean;
  pick<Element>(elements: readonly Element[]): Element | undefined;
  /** Another stream, the same for the same number whatever was drawn from this one. */
  branch(number: number): Seeded;
}

function mixed(state: number): number {
  let value = Math.imul(state ^ (state >>> 15), state | 1);
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
  return (value ^ (value >>> 14)) >>> 0;
}

export function seeded(seed: number): Seeded {
  let state = mixed(seed >>> 0);
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mixed(state) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(fraction() * count);
  return {
    seed,
    fraction,
    below,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    chance: (probability) => fraction() < probability,
    pick: (elements) => elements[below(elements.length)],
    branch: (number) => seeded(mixed((mixed(seed >>> 0) ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0)),
  };
}
