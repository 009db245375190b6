// `npm start`: from a fresh clone to a running school. Everything after this file runs with the packages installed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { programArguments } from "./program.mjs";

const root = join(import.meta.dirname, "..");
ensureInstalled();
let program;
try {
  ensureBuilt();
  program = await programArguments("main");
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const server = spawn(process.execPath, program, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
// A terminal sends Ctrl-C to the server too; a second signal is harmless there. A supervisor sends it to us alone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
// A supervisor that started `npm start` sends it to npm, which ends, as does its shell; neither tells us. Whose npm is gone has another parent.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === "start") setInterval(() => process.ppid === parent || server.kill("SIGTERM"), 500).unref();
server.on("exit", (code, signal) => {
  if (signal !== null && signal !== "SIGINT" && signal !== "SIGTERM") console.error(`The server was ended by ${signal}. Nothing that was saved is lost: start it again.`);
  process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1));
});
server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
