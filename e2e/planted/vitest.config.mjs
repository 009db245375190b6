// Runs tests with one planted bug: PLANTED_BUG names it. Files on the disk stay as they are.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { defineConfig } from "vitest/config";
import { bugs } from "./bugs.mjs";

const root = join(import.meta.dirname, "..", "..");
const bug = bugs.find(({ id }) => id === process.env["PLANTED_BUG"]);
if (!bug) throw new Error("PLANTED_BUG names no bug");

function planted(code, { file, find, replace }) {
  if (code.split(find).length !== 2) throw new Error(`${bug.id}: ${file} does not hold exactly once: ${find}`);
  return code.replace(find, () => replace);
}

/** A thread loads its program from the disk, not through `transform`: a planted copy lies beside it, and whoever starts the thread is sent there. */
const copies = bug.edits.filter(({ thread }) => thread).map((edit) => {
  const copy = join(dirname(edit.file), ".build", `planted-${bug.id}.mjs`);
  mkdirSync(join(root, dirname(copy)), { recursive: true });
  const code = planted(readFileSync(join(root, edit.file), "utf8"), edit);
  writeFileSync(join(root, copy), code.replaceAll('from "./', 'from "../'));
  return { folder: dirname(edit.file), from: `"./${basename(edit.file)}"`, to: `"./${relative(dirname(edit.file), copy)}"` };
});

/** Changes the module's source as it is loaded; a place that is no longer there, or twice, must be planted anew. */
const plant = {
  name: "planted-bug",
  enforce: "pre",
  transform(code, id) {
    const path = relative(root, id.split("?")[0]);
    let changed = code;
    for (const edit of bug.edits) if (edit.file === path && !edit.thread) changed = planted(changed, edit);
    for (const { folder, from, to } of copies) if (dirname(path) === folder) changed = changed.replaceAll(from, to);
    return changed === code ? null : { code: changed, map: null };
  },
};

export default defineConfig({
  root,
  plugins: [plant],
  test: { include: ["**/*.test.ts"], exclude: ["**/node_modules/**", "**/.build/**"], environment: "node", pool: "forks", maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000 },
});
