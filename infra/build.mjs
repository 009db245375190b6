// Builds the app when its sources changed since the last build.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hashOf, isCurrent, leaveStamp } from "./stamp.mjs";

const root = join(import.meta.dirname, "..");
const STAMP = "client/dist/.built-from";

/** Leaves `client/dist` as the sources say. Throws when the build fails; what was built before is then gone. */
export function ensureBuilt() {
  const hash = hashOf("client", "shared", "infra/vite", "vite.config.ts", "package-lock.json");
  if (isCurrent(STAMP, hash) && existsSync(join(root, "client/dist/index.html"))) return;
  console.log("— building the app (some seconds)");
  const start = performance.now();
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  // What the tools say of themselves matters only when something went wrong.
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${stdout ?? ""}${stderr ?? ""}\nThe app could not be built: the messages above say why.`);
  leaveStamp(STAMP, hash);
  console.log(`— built the app in ${Math.round((performance.now() - start) / 1_000)} s`);
}
