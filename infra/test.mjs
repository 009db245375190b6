// `npm test`: installs what is missing and runs every check that guards a change. Ends with one line over all of them.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureHeadlessBrowser } from "./browser.mjs";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { makeRunFolder } from "./run-folder.mjs";

const root = join(import.meta.dirname, "..");
const long = process.argv.includes("--long");
const say = (text) => console.log(`— ${text}`);

process.chdir(root);
ensureInstalled();
const folder = makeRunFolder();
const browser = await ensureHeadlessBrowser(say);
const environment = { ...process.env, TMPDIR: folder };
const ofTests = { ...environment, TEST_LONG: long ? "1" : "", ...(browser ? { CHROMIUM_PATH: browser } : {}) };

const bin = (name) => join(root, "node_modules", ".bin", name);

/** Runs one command; resolves with its exit code. */
function run({ command, args, env = environment }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const commandCheck = (name, command, args) => ({
  name,
  run: async () => ((await run({ command, args })) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
});

/** A project of vitest counts its tests; a run that found none, or left no report, is a failure. */
const testProject = (name) => ({
  name: `tests: ${name}`,
  run: async () => {
    const report = join(folder, `${name}.json`);
    const args = ["run", "--project", name, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await run({ command: bin("vitest"), args, env: ofTests });
    try {
      const { numPassedTests: passed, numFailedTests, numFailedTestSuites, numPendingTests: skipped } = JSON.parse(readFileSync(report, "utf8"));
      const failed = Math.max(numFailedTests, code !== 0 && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0);
      if (skipped > 0) say(`${name}: ${skipped} not run`);
      return passed + failed === 0 ? { passed: 0, failed: 1 } : { passed, failed };
    } catch {
      return { passed: 0, failed: 1 };
    }
  },
});

const checks = [
  commandCheck("types", bin("tsc"), ["--build"]),
  commandCheck("lint", bin("oxlint"), ["--type-aware", "--deny-warnings"]),
  commandCheck("dead code", bin("knip"), ["--no-progress"]),
  testProject("unit"),
  testProject("postgres"),
  testProject("simulation"),
  // Tests of the tests: each planted bug must be noticed.
  commandCheck("planted bugs", process.execPath, [join(root, "e2e", "planted", "run.mjs"), ...(long ? [] : ["--quick"])]),
  { name: "build", run: async () => { ensureBuilt(); return { passed: 1, failed: 0 }; } },
  testProject("browser"),
];

const total = { passed: 0, failed: 0 };
const failedChecks = [];
for (const check of checks) {
  const started = performance.now();
  const { passed, failed } = await check.run().catch((error) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failedChecks.push(check.name);
  say(`${check.name}: ${passed} passed, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
rmSync(folder, { recursive: true, force: true });
if (!browser) say("no Chromium could be had: the browser journeys failed for that reason");
if (failedChecks.length > 0) say(`failed: ${failedChecks.join(", ")}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
