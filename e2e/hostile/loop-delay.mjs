// Loaded into the server under test by NODE_OPTIONS: writes by how much its event loop comes late, and what memory it holds, twice a second.
// Counts from when the file `begin` lies there: a start is no request.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const EVERY_MS = 10;
const folder = process.env["LOOP_DELAY_FOLDER"];

/** Milliseconds that this thread was ready to run and the machine ran others: their load is not our delay. Linux tells; elsewhere it counts. */
function waitedMs() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

if (isMainThread && folder) {
  let late = [];
  let begun = false;
  let before = { at: performance.now(), waited: waitedMs() };
  setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() };
    late.push(Math.max(0, now.at - before.at - EVERY_MS - (now.waited - before.waited)));
    before = now;
  }, EVERY_MS).unref();
  setInterval(() => {
    if (!begun && existsSync(`${folder}/begin`)) [begun, late] = [true, []];
    const sorted = late.toSorted((one, other) => one - other);
    const share = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    const file = `${folder}/${process.pid}.json`;
    writeFileSync(`${file}.new`, JSON.stringify({ p50: share(0.5), p99: share(0.99), max: share(1), rssBytes: process.memoryUsage.rss() }));
    renameSync(`${file}.new`, file);
  }, 500).unref();
}
