// `npm run mochila -- <verb>`: the administrator's command line.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled } from "./install.mjs";

ensureInstalled();
// Paths on the command line are meant from where the person stands; npm runs scripts in the project's root.
const environment = { ...process.env, MOCHILA_CALLED_FROM: process.env.INIT_CWD ?? process.cwd() };
const { status } = spawnSync(process.execPath, ["--import", "tsx", "sync-server/cli.ts", ...process.argv.slice(2)], {
  cwd: join(import.meta.dirname, ".."), stdio: "inherit", env: environment,
});
process.exit(status ?? 1);
