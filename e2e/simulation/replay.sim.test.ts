import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { expect, it } from "vitest";
import { runAgain, runSeed } from "./run-seed.ts";

const OPERATIONS = Array.from({ length: 100 }, (_, number) => number);

it("a seed makes the same requests at the same times with the same answers, whatever ran before it", async () => {
  const { database, drop } = await createTestDatabase();
  try {
    for (const seed of [11, 12, 13]) {
      const first = await runSeed(database, { seed, operations: OPERATIONS });
      await runSeed(database, { seed: seed + 100, operations: OPERATIONS.slice(0, 20) });
      const again = await runAgain(database, { seed, operations: OPERATIONS });
      expect(first.trace.length).toBeGreaterThan(50);
      expect(again.trace).toEqual(first.trace);
    }
  } finally {
    await drop();
  }
});
