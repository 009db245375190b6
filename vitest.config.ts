import { defineConfig } from "vitest/config";
import { LongestFirst } from "./infra/longest-first.ts";

const ignored = ["**/node_modules/**", "**/.build/**", "**/dist/**"];
const needing = ["**/*.pg.test.ts", "**/*.sim.test.ts", "**/*.journey.test.ts"];

/** The suffix tells what a test needs: nothing, a PostgreSQL (each file starts a cluster of its own), the simulation, a browser. */
export default defineConfig({
  test: {
    projects: [
      // What derives a key from a PIN costs seconds of a busy machine.
      { test: { name: "unit", include: ["**/*.test.ts"], exclude: [...ignored, ...needing], environment: "node", testTimeout: 30_000 } },
      { test: { name: "postgres", include: ["**/*.pg.test.ts"], exclude: ignored, environment: "node", pool: "forks", testTimeout: 30_000, hookTimeout: 60_000 } },
      { test: { name: "simulation", include: ["**/*.sim.test.ts"], exclude: ignored, environment: "node", pool: "forks", testTimeout: 300_000, hookTimeout: 60_000 } },
      {
        test: {
          name: "browser",
          include: ["**/*.journey.test.ts"],
          exclude: ignored,
          environment: "node",
          pool: "forks",
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // What a person would wait for; a second is less than a busy machine takes to paint.
          expect: { poll: { timeout: 5_000 } },
        },
      },
    ],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
