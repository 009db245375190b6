// Plants each bug and runs the test that must notice it. `node e2e/planted/run.mjs [--simulation] [bug…]`; ends with a table.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bugs } from "./bugs.mjs";

const root = join(import.meta.dirname, "..", "..");
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const bySimulation = process.argv.includes("--simulation");
const folder = mkdtempSync(join(tmpdir(), "mochila-planted-"));

/** Only a test that ran and failed has noticed a bug; one that could not be loaded has noticed nothing. */
function notices(bug, { test, title }) {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const args = ["run", "--config", join(import.meta.dirname, "vitest.config.mjs"), "--reporter=json", `--outputFile.json=${report}`, test, ...(title ? ["-t", title] : [])];
  const { stdout, stderr } = spawnSync(join(root, "node_modules", ".bin", "vitest"), args, {
    cwd: root, encoding: "utf8", env: { ...process.env, PLANTED_BUG: bug.id, SIMULATION_SHRINK: "0", SIMULATION_SECONDS: "60", SIMULATION_OPERATIONS: "200" },
  });
  try {
    const { numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const loaded = testResults.every(({ assertionResults }) => assertionResults.length > 0);
    if (numFailedTests > 0 && loaded) return { noticed: true, why: firstLine(testResults) };
    return { noticed: false, why: loaded ? "all tests passed" : testResults.map(({ message }) => message).join("\n") };
  } catch {
    return { noticed: false, why: `${stdout}${stderr}`.slice(-1_000) };
  }
}

const firstLine = (results) => results.flatMap(({ assertionResults }) => assertionResults.flatMap(({ failureMessages }) => failureMessages))[0]?.split("\n")[0];

const rows = [];
let missed = 0;
for (const bug of bugs) {
  if (named.length > 0 ? !named.includes(bug.id) : bySimulation && !bug.simulation) continue;
  const started = performance.now();
  const by = bySimulation ? { test: "e2e/simulation/first-part.sim.test.ts", title: "" } : bug;
  const { noticed, why } = notices(bug, by);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (!noticed) missed += 1;
  console.log(`${noticed ? "noticed" : "MISSED"} ${bug.id}, ${seconds} s: ${why?.slice(0, 300)}`);
  rows.push(`| ${bug.id} | ${bug.what} | ${bug.edits[0].file} | ${noticed ? `${by.test} ${by.title}`.trim() : "**none**"} | ${seconds} |`);
}
rmSync(folder, { recursive: true, force: true });
console.log(`\n| bug | what | planted in | noticed by | s |\n|---|---|---|---|---|\n${rows.join("\n")}`);
console.log(`${rows.length - missed} of ${rows.length} planted bugs were noticed`);
process.exit(missed === 0 && rows.length > 0 ? 0 : 1);
