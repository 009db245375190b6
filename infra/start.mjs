// `npm start`: from a fresh clone to a running school. Everything after this file runs with the packages installed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";

const root = join(import.meta.dirname, "..");
ensureInstalled();
try {
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const server = spawn(process.execPath, ["--import", "tsx", "sync-server/main.ts"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
// A terminal sends Ctrl-C to the server too; a second signal is harmless there. A supervisor sends it to us alone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));
server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
