// `npm run mochila -- <verb>`: the administrator's command line.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled } from "./install.mjs";
import { programArguments } from "./program.mjs";

ensureInstalled();
// npm runs scripts in the project's root and leaves where the person stands in INIT_CWD: paths are meant from there.
const { status } = spawnSync(process.execPath, [...(await programArguments("cli")), ...process.argv.slice(2)], {
  cwd: join(import.meta.dirname, ".."), stdio: "inherit",
});
process.exit(status ?? 1);
