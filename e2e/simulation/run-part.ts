import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { expect } from "vitest";
import { emptyTally, runAgain, runSeed } from "./run-seed.ts";
import { shrink } from "./shrink.ts";

/** SIMULATION_SEED runs one seed. SIMULATION_SECONDS is the time of each part, from the seed of SIMULATION_FROM on. */
const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const LONG = process.env["TEST_LONG"] === "1";
const SECONDS = setting("SIMULATION_SECONDS", LONG ? 600 : 12);
const FROM = setting("SIMULATION_FROM", 1);
const OPERATIONS = setting("SIMULATION_OPERATIONS", LONG ? 200 : 60);
const ONLY = process.env["SIMULATION_SEED"];
const SEEDS_SECONDS = ONLY ? 0 : SECONDS;

const BUSY_FACTOR = 4;

/** What is left of a failing seed goes into one line that runs it again. */
const replay = (seed: number, operations: readonly number[]): string =>
  `SIMULATION_SEED=${seed} SIMULATION_OPERATIONS=${operations.length === OPERATIONS ? OPERATIONS : operations.join(",")} npx vitest run --project simulation e2e/simulation/first-part.sim.test.ts`;

const operationsOf = (text: string): readonly number[] => (text.includes(",") ? text.split(",").map(Number) : Array.from({ length: Number(text) }, (_, number) => number));

/** Seeds `part`, `part + parts`, … for the time of a part, each part on a processor and a cluster of its own. */
export async function runPart(part: number, parts: number): Promise<void> {
  const { database, drop } = await createTestDatabase();
  try {
    const tally = emptyTally();
    const operations = operationsOf(process.env["SIMULATION_OPERATIONS"] ?? String(OPERATIONS));
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1_000;
    let seeds = 0;
    // On a machine that others use the time is enough for two or three seeds, which do not show everything.
    const goesOn = () => seconds() < SEEDS_SECONDS || (Object.values(tally).includes(0) && seconds() < SEEDS_SECONDS * BUSY_FACTOR);
    for (let seed = ONLY ? Number(ONLY) : FROM + part; seeds === 0 || goesOn(); seed += parts) {
      const { broken } = await runSeed(database, { seed, operations, tally });
      seeds += 1;
      if (broken.length === 0) continue;
      // Another failure of fewer operations is another story.
      const rule = broken[0]?.slice(0, 2) ?? "";
      const fewest = process.env["SIMULATION_SHRINK"] === "0" ? operations : await shrink(operations, async (some) => (await runAgain(database, { seed, operations: some })).broken.some((one) => one.startsWith(rule)));
      expect.fail(`seed ${seed}: ${broken.join("\n")}\nagain with ${fewest.length} of its operations: ${replay(seed, fewest)}`);
    }
    console.log(`simulation, part ${part + 1} of ${parts}: ${seeds} seeds from ${ONLY ?? FROM + part}, ${operations.length} operations each, in ${seconds().toFixed(1)} s; ${JSON.stringify(tally)}`);
    if (!ONLY) for (const [what, count] of Object.entries(tally)) expect(count, `the run has shown nothing of ${what}`).toBeGreaterThan(0);
  } finally {
    await drop();
  }
}

/** In milliseconds: with the time that shrinking takes. */
export const PART_MS_MAX = SECONDS * 1_000 + 240_000;
