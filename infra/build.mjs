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
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The app could not be built: the messages above say why.");
  leaveStamp(STAMP, hash);
}
