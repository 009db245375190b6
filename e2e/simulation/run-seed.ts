import { type Kind, kindOf, operationOf } from "./operations.ts";
import { seeded } from "./seeded.ts";
import type { Server } from "./server.ts";
import type { SimulatedDevice } from "./simulated-device.ts";
import { emptyTally, type Tally } from "./tally.ts";
import { violations } from "./invariants.ts";
import { createWorld } from "./world.ts";

/** So many operations in a row are of one device in somebody's hands, where they are of a device. */
const STRETCH = 10;
/** Milliseconds from one to the next, at most. */
const PAUSE_MS_MAX = 20;
/** Branches of a seed's randomness: from here on down. */
const STRETCHES = -10;

export interface Ran {
  readonly broken: string[];
  /** What reached the server. */
  readonly trace: readonly string[];
}

export interface RunOptions {
  readonly seed: number;
  readonly operations: readonly number[];
  /** Absent: as the seed says. */
  readonly kind?: Kind;
  readonly tally?: Tally;
}

/** One world from a seed, with these of its operations. A seed that ran before must be forgotten first. */
export async function runSeed(server: Server, { seed, operations, kind = kindOf(seed), tally = emptyTally() }: RunOptions): Promise<Ran> {
  const source = seeded(seed);
  const world = await createWorld(server, source, { tally, kind });
  try {
    for (const number of operations) {
      const random = source.branch(number);
      const device = source.branch(STRETCHES - Math.floor(number / STRETCH)).pick(world.devices) as SimulatedDevice;
      await world.schedule.advance(random.below(PAUSE_MS_MAX));
      await operationOf(random, kind)({ ...world, random }, device);
    }
    return { broken: await violations(world), trace: world.trace };
  } finally {
    for (const device of world.devices) await device.close();
  }
}

/** The same where the seed ran before: a world has the ids of its seed. */
export async function runAgain(server: Server, options: RunOptions): Promise<Ran> {
  await server.forget();
  return runSeed(server, options);
}
