// Remembers what a step was made from, so that the second start does only what changed.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const LEFT_OUT = new Set(["node_modules", ".build", "dist", ".data", ".git"]);

function* filesBelow(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(join(path, entry.name));
    else yield join(path, entry.name);
  }
}

/** A hash over the names and contents of these files and folders, named from the root of the project. */
export function hashOf(...paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of [...filesBelow(join(root, path))].sort()) {
      hash.update(`${relative(root, file)}\0`);
      hash.update(statSync(file, { throwIfNoEntry: false }) ? readFileSync(file) : "absent");
    }
  }
  return hash.digest("hex");
}

/** Whether the step that left this stamp was made from `hash`. */
export function isCurrent(stamp, hash) {
  try {
    return readFileSync(join(root, stamp), "utf8") === hash;
  } catch {
    return false;
  }
}

export function leaveStamp(stamp, hash) {
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), hash);
}
