// `npm run bench -- <name> [part]`: measures against the limits named in the issue, in one run. The last lines are JSON, one a figure.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBrowser } from "./browser.mjs";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";

const root = join(import.meta.dirname, "..");
const folder = join(root, "e2e", "load");
const names = readdirSync(folder).filter((file) => file.endsWith(".bench.ts")).map((file) => file.replace(".bench.ts", ""));
const [name, ...parts] = process.argv.slice(2);
if (!name || !existsSync(join(folder, `${name}.bench.ts`))) {
  console.error(`${name ? `There is no benchmark "${name}" yet.` : "Say which."} There are: ${names.join(", ")}.`);
  process.exit(2);
}
process.chdir(root);
ensureInstalled();
ensureBuilt();
const browser = await ensureBrowser((text) => console.log(`— ${text}`));
const environment = { ...process.env, ...(browser ? { CHROMIUM_PATH: browser } : {}) };
const { status } = spawnSync(process.execPath, ["--import", "tsx", join(folder, `${name}.bench.ts`), ...parts], { stdio: "inherit", env: environment });
process.exit(status ?? 1);
