import { expect, it } from "vitest";
import { runAgain, runSeed } from "./run-seed.ts";
import { startServer } from "./server.ts";

const OPERATIONS = Array.from({ length: 100 }, (_, number) => number);

it("a seed makes the same requests at the same times with the same answers, whatever ran before it", async () => {
  const server = await startServer();
  try {
    for (const seed of [11, 12, 13]) {
      const first = await runSeed(server, { seed, operations: OPERATIONS });
      await runSeed(server, { seed: seed + 100, operations: OPERATIONS.slice(0, 20) });
      const again = await runAgain(server, { seed, operations: OPERATIONS });
      expect(first.trace.length).toBeGreaterThan(50);
      expect(again.trace).toEqual(first.trace);
    }
  } finally {
    await server.drop();
  }
});
