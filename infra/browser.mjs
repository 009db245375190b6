// Finds a Chromium for the browser journeys, and installs one where there is none.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function onPath() {
  for (const name of NAMES) {
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
  return onPath() ?? (await ofPlaywright());
}

/** Playwright's own build first; where that cannot be fetched and we are root on Debian, the one of the distribution. */
export async function ensureBrowser(say) {
  const found = await findBrowser();
  if (found) return found;
  say("no Chromium here: installing one for the browser journeys");
  const run = (command, args) => spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  const fetched = run(process.execPath, [execFileSync(process.execPath, ["-p", "require.resolve('playwright-core/cli.js')"], { encoding: "utf8", cwd: "e2e" }).trim(), "install", "chromium"]);
  if (!fetched && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "chromium"]);
  }
  return findBrowser();
}
