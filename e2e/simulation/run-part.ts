import { expect } from "vitest";
import { kindOf } from "./operations.ts";
import { replayRegressions } from "./regressions.ts";
import { runAgain, runSeed } from "./run-seed.ts";
import { startServer } from "./server.ts";
import { shrink } from "./shrink.ts";
import { emptyTally, type Tally } from "./tally.ts";

/**
 * SIMULATION_SEED runs one seed. SIMULATION_SECONDS is the time of each part at most, from the seed of SIMULATION_FROM on; a part that has done
 * SIMULATION_SEEDS ends before.
 */
const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const LONG = process.env["TEST_LONG"] === "1";
const SECONDS = setting("SIMULATION_SECONDS", LONG ? 1_200 : 90);
const SEEDS = setting("SIMULATION_SEEDS", LONG ? Infinity : 150);
/** A run ends with its time and not before it has done these: the long one whatever it takes, one of `npm test` within four times its time. */
const SEEDS_MIN = process.env["SIMULATION_SECONDS"] === undefined ? Math.min(SEEDS, LONG ? 1_500 : 150) : 0;
const FROM = setting("SIMULATION_FROM", 1);
const OPERATIONS = setting("SIMULATION_OPERATIONS", LONG ? 300 : 200);
const ONLY = process.env["SIMULATION_SEED"];
const SEEDS_FOR_ALL = 40;
const SEEDS_MAX = ONLY ? 1 : SEEDS;

/** A part that has not done or shown everything goes on, at most so many times as long. */
const BUSY_FACTOR = 4;

/** The kind of a world as a regression says it: what it has. */
const flags = (seed: number) => Object.fromEntries(Object.entries(kindOf(seed)).filter(([, has]) => has));

/** What is left of a failing seed goes into one line that runs it again. */
const replay = (seed: number, operations: readonly number[]): string =>
  `SIMULATION_ALL=${Object.keys(flags(seed)).join(",")} SIMULATION_SEED=${seed} SIMULATION_OPERATIONS=${operations.length === OPERATIONS ? OPERATIONS : operations.join(",")} npx vitest run --project simulation e2e/simulation/first-part.sim.test.ts`;

const operationsOf = (text: string): readonly number[] => (text.includes(",") ? text.split(",").map(Number) : Array.from({ length: Number(text) }, (_, number) => number));

/** Seeds `part`, `part + parts`, … each part on a processor and a cluster of its own. What once failed comes first, and does not count. */
export async function runPart(part: number, parts: number): Promise<void> {
  const server = await startServer();
  try {
    const tally = emptyTally();
    const operations = operationsOf(process.env["SIMULATION_OPERATIONS"] ?? String(OPERATIONS));
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1_000;
    const regressions = ONLY ? 0 : await replayRegressions(server, part, parts);
    let seeds = 0;
    // On a machine that others use the time is enough for fewer seeds, which do not show everything: a part goes on then.
    const hasShownAll = () => seeds >= SEEDS_MIN && shownBy(seeds).every((what) => tally[what] > 0);
    const goesOn = () => seeds < SEEDS_MAX && (seconds() < SECONDS || (LONG && seeds < SEEDS_MIN) || (!hasShownAll() && seconds() < SECONDS * BUSY_FACTOR));
    for (let seed = ONLY ? Number(ONLY) : FROM + part; seeds === 0 || goesOn(); seed += parts) {
      const { broken } = await runSeed(server, { seed, operations, tally });
      seeds += 1;
      if (broken.length === 0) continue;
      // Another failure of fewer operations is another story.
      const rule = broken[0]?.slice(0, 2) ?? "";
      const fewest = process.env["SIMULATION_SHRINK"] === "0" ? operations : await shrink(operations, async (some) => (await runAgain(server, { seed, operations: some })).broken.some((one) => one.startsWith(rule)));
      const line = JSON.stringify({ seed, ...flags(seed), operations: fewest.length === operations.length ? operations.length : fewest, caught: rule });
      expect.fail(`seed ${seed}: ${broken.join("\n")}\nagain with ${fewest.length} of its operations: ${replay(seed, fewest)}\nfor e2e/simulation/regressions.json: ${line}`);
    }
    const done = seeds * operations.length;
    console.log(
      `simulation, part ${part + 1} of ${parts}: ${seeds} seeds × ${operations.length} operations and ${regressions} regressions in ${seconds().toFixed(1)} s, ${Math.round(done / seconds())} operations/s; ${JSON.stringify(tally)}`,
    );
    if (ONLY) return;
    expect(seeds, `${SEEDS_MIN} seeds were to be run`).toBeGreaterThanOrEqual(SEEDS_MIN);
    for (const what of shownBy(seeds)) expect(tally[what], `the run has shown nothing of ${what}`).toBeGreaterThan(0);
  } finally {
    await server.drop();
  }
}

/** What a run must have had to have shown anything; a few seeds, on a machine that is busy, need not have what is rare. */
function shownBy(seeds: number): readonly (keyof Tally)[] {
  if (seeds < SEEDS_FOR_ALL) return ["conflicts", "disconnects", "revocations", "heldPulls"];
  return Object.keys(emptyTally()) as (keyof Tally)[];
}

/** In milliseconds: with the time that shrinking takes. */
export const PART_MS_MAX = SECONDS * BUSY_FACTOR * 1_000 + 240_000;
