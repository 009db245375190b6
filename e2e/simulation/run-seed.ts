import type { Database } from "@mochila/sync-server/db/database.ts";
import type { Tally } from "./faulty-link.ts";
import { violations } from "./invariants.ts";
import { operationOf } from "./operations.ts";
import { seeded } from "./seeded.ts";
import { createWorld } from "./world.ts";

export const emptyTally = (): Tally => ({
  requests: 0, disconnects: 0, lostAnswers: 0, duplicates: 0, heldPulls: 0, slowWrites: 0, conflicts: 0, rejections: 0, crashes: 0, writeFailures: 0, revocations: 0, unpublications: 0,
});

/** One world from a seed, with these of its operations. Returns what is broken in the end, and what reached the server. */
export async function runSeed(database: Database, { seed, operations, tally = emptyTally() }: { seed: number; operations: readonly number[]; tally?: Tally }): Promise<{ broken: string[]; trace: readonly string[] }> {
  const source = seeded(seed);
  const world = await createWorld(database, source, tally);
  try {
    for (const number of operations) {
      const random = source.branch(number);
      await world.schedule.advance(random.below(40));
      await operationOf(random)({ ...world, random });
    }
    return { broken: await violations(world), trace: world.trace };
  } finally {
    for (const device of world.devices) device.close();
  }
}

/** The same where the seed ran before: a world has the ids of its seed. */
export async function runAgain(database: Database, options: { seed: number; operations: readonly number[] }): Promise<{ broken: string[]; trace: readonly string[] }> {
  const { sql } = database;
  const tables = await sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public' and (tablename like 'doc\\_%' or tablename in ('person', 'scope', 'scope_doc', 'user_scope', 'applied_rev', 'push_reject'))`;
  await sql`truncate ${sql(tables.map(({ name }) => name))} cascade`;
  return runSeed(database, options);
}
