import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tally } from "./faulty-link.ts";
import { violations } from "./invariants.ts";
import { nextOperation } from "./operations.ts";
import { seeded } from "./seeded.ts";
import { createWorld } from "./world.ts";

/** SIMULATION_SEED runs one seed; SIMULATION_SECONDS lets it go on for longer, from the seed of SIMULATION_FROM. */
const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const ONLY = process.env["SIMULATION_SEED"];
const SECONDS = setting("SIMULATION_SECONDS", 12);
const FROM = setting("SIMULATION_FROM", 1);
const OPERATIONS = setting("SIMULATION_OPERATIONS", 60);

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
});
afterAll(() => drop());

const emptyTally = (): Tally => ({ requests: 0, disconnects: 0, lostAnswers: 0, duplicates: 0, conflicts: 0, rejections: 0, crashes: 0, writeFailures: 0, revocations: 0, unpublications: 0 });

async function runSeed(seed: number, tally: Tally): Promise<string[]> {
  const world = await createWorld(database, seeded(seed), tally);
  try {
    for (let count = 0; count < OPERATIONS; count += 1) {
      await nextOperation(world)(world);
    }
    return await violations(world);
  } finally {
    for (const device of world.devices) device.close();
  }
}

it("I1 I2 I3 I4 I7 hold for people with failing devices on failing networks whose rights come and go", async () => {
  const tally = emptyTally();
  const until = performance.now() + SECONDS * 1_000;
  const failures: string[] = [];
  let seeds = 0;
  const started = performance.now();
  let goesOn = true;
  for (let seed = ONLY ? Number(ONLY) : FROM; goesOn; seed += 1) {
    failures.push(...(await runSeed(seed, tally)).map((failure) => `seed ${seed}: ${failure}`));
    seeds += 1;
    goesOn = !ONLY && performance.now() < until && failures.length === 0;
  }
  console.log(`simulation: ${seeds} seeds from ${ONLY ?? FROM}, ${OPERATIONS} operations each, in ${Math.round((performance.now() - started) / 1_000)} s; ${JSON.stringify(tally)}`);
  expect(failures).toEqual([]);
  if (!ONLY) for (const [what, count] of Object.entries(tally)) expect(count, `the run has shown nothing of ${what}`).toBeGreaterThan(0);
}, setting("SIMULATION_SECONDS", 12) * 1_000 + 120_000);
