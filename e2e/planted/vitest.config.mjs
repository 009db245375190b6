// Runs tests with one planted bug: PLANTED_BUG names it. Files on the disk stay as they are.
import { join, relative } from "node:path";
import { defineConfig } from "vitest/config";
import { bugs } from "./bugs.mjs";

const root = join(import.meta.dirname, "..", "..");
const bug = bugs.find(({ id }) => id === process.env["PLANTED_BUG"]);
if (!bug) throw new Error("PLANTED_BUG names no bug");

/** Changes the module's source as it is loaded; a place that is no longer there, or twice, must be planted anew. */
const plant = {
  name: "planted-bug",
  enforce: "pre",
  transform(code, id) {
    const path = relative(root, id.split("?")[0]);
    let planted = code;
    for (const { file, find, replace } of bug.edits) {
      if (file !== path) continue;
      if (planted.split(find).length !== 2) throw new Error(`${bug.id}: ${file} does not hold exactly once: ${find}`);
      planted = planted.replace(find, () => replace);
    }
    return planted === code ? null : { code: planted, map: null };
  },
};

export default defineConfig({
  root,
  plugins: [plant],
  test: { include: ["**/*.test.ts"], exclude: ["**/node_modules/**", "**/.build/**"], environment: "node", pool: "forks", maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000 },
});
