import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", "**/.build/**", "**/dist/**"];

/** The suffix tells what a test needs: `*.test.ts` nothing, `*.pg.test.ts` a PostgreSQL (each file starts a cluster of its own). */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["**/*.test.ts"], exclude: [...ignored, "**/*.pg.test.ts", "**/*.sim.test.ts"], environment: "node" } },
      { test: { name: "postgres", include: ["**/*.pg.test.ts"], exclude: ignored, environment: "node", pool: "forks", testTimeout: 30_000, hookTimeout: 60_000 } },
      { test: { name: "simulation", include: ["**/*.sim.test.ts"], exclude: ignored, environment: "node", pool: "forks", testTimeout: 300_000, hookTimeout: 60_000 } },
    ],
    maxWorkers: 2,
  },
});
