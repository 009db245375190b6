// Plants each bug and runs the test that must notice it. `node e2e/planted/run.mjs [--quick | --simulation] [bug…]`; ends with a table.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bugs } from "./bugs.mjs";

const root = join(import.meta.dirname, "..", "..");
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const bySimulation = process.argv.includes("--simulation");
/** The list of QUALITY D.4, and those that cost a second or two each: what else needs a database, or waits for what never comes, is for `npm run test:long`. */
const quick = process.argv.includes("--quick");
const AT_ONCE = 2;
/** A bug may make its test wait for ever: then it has noticed nothing. */
const RUN_MS_MAX = 300_000;
const folder = mkdtempSync(join(tmpdir(), "mochila-planted-"));

/** Resolves with what it printed. */
function vitest(args, environment) {
  return new Promise((resolve) => {
    let printed = "";
    const child = spawn(join(root, "node_modules", ".bin", "vitest"), args, { cwd: root, timeout: RUN_MS_MAX, env: { ...process.env, ...environment } });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
    child.on("error", (error) => resolve(String(error)));
    child.on("close", () => resolve(printed));
  });
}

/** Only a test that ran and failed has noticed a bug; one that could not be loaded has noticed nothing. */
async function notices(bug, { test, title, route }) {
  const report = join(folder, `${bug.id}.json`);
  const args = ["run", "--config", join(import.meta.dirname, "vitest.config.mjs"), "--reporter=json", `--outputFile.json=${report}`, test, ...(title ? ["-t", title] : [])];
  const printed = await vitest(args, { PLANTED_BUG: bug.id, SIMULATION_SHRINK: "0", SIMULATION_SECONDS: "60", SIMULATION_OPERATIONS: "200", ...(route ? { ROUTE: route } : {}) });
  try {
    const { numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const loaded = testResults.every(({ assertionResults }) => assertionResults.length > 0);
    if (numFailedTests > 0 && loaded) return { noticed: true, why: firstLine(testResults) };
    // Also where its tests could not begin, since what sets them up failed.
    const troubles = testResults.map(({ message }) => message).filter(Boolean).join("\n");
    return { noticed: false, why: troubles || (loaded ? "all tests passed" : "no test was found") };
  } catch {
    return { noticed: false, why: printed.slice(-1_000) };
  }
}

const firstLine = (results) => results.flatMap(({ assertionResults }) => assertionResults.flatMap(({ failureMessages }) => failureMessages))[0]?.split("\n")[0];

function isAsked(bug) {
  if (named.length > 0) return named.includes(bug.id);
  if (bySimulation) return bug.simulation !== undefined;
  return !quick || bug.listed || !(bug.slow || bug.test.endsWith(".pg.test.ts"));
}

const asked = bugs.filter(isAsked);
const rows = [];
let missed = 0;
async function look(bug) {
  const started = performance.now();
  const by = bySimulation ? { test: `e2e/simulation/${bug.simulation}-part.sim.test.ts`, title: "" } : bug;
  const { noticed, why } = await notices(bug, by);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (!noticed) missed += 1;
  if (!noticed || !quick) console.log(`${noticed ? "noticed" : "MISSED"} ${bug.id}, ${seconds} s: ${why?.slice(0, 300)}`);
  rows[asked.indexOf(bug)] = `| ${bug.id} | ${bug.what} | ${bug.edits[0].file} | ${noticed ? `${by.test} ${by.title}`.trim() : "**none**"} | ${seconds} |`;
}

const waiting = [...asked];
const worker = async () => {
  for (let bug = waiting.shift(); bug; bug = waiting.shift()) await look(bug);
};
await Promise.all(Array.from({ length: bySimulation ? 1 : AT_ONCE }, worker));
rmSync(folder, { recursive: true, force: true });
if (!quick) console.log(`\n| bug | what | planted in | noticed by | s |\n|---|---|---|---|---|\n${rows.join("\n")}`);
console.log(`${asked.length - missed} of ${asked.length} planted bugs were noticed`);
process.exit(missed === 0 && asked.length > 0 ? 0 : 1);
