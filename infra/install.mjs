// Installs what the project needs when it is missing or stale. Needs nothing but Node and npm.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, isCurrent, leaveStamp } from "./stamp.mjs";

const root = join(import.meta.dirname, "..");
const STAMP = "node_modules/.mochila-installed";

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Mochila needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js")
    ? spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" }).status
    : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" }).status;
}

/** Leaves `node_modules` as the lock file says, or ends the process with one sentence. Says so when there is something to do. */
export function ensureInstalled() {
  checkNode();
  const workspaces = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).workspaces;
  const hash = hashOf("package-lock.json", "package.json", "infra/mend-postgres.mjs", ...workspaces.map((name) => `${name}/package.json`)) + process.version;
  if (isCurrent(STAMP, hash)) return;
  console.log("— installing the packages that Mochila is made of (once, one to three minutes)");
  // Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms, as one does that was made behind a
  // registry without them. `install` takes every version that the lock names, adds what this machine needs, and leaves out what it
  // cannot have (the ClickHouse engine on some systems).
  if (npm(["install", "--no-save", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]) !== 0) {
    console.error("The packages could not be installed: npm says why above. Check the network, then start again.");
    process.exit(1);
  }
  leaveStamp(STAMP, hash);
}
