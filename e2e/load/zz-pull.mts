import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { makeDrafts } from "./drafts.ts";
import { pullDrafts, pushBodies, pushBody } from "./sync-client.ts";
import { processorMs } from "./process-cost.ts";
import { readFileSync, readdirSync } from "node:fs";
if (process.env["PROF"]) { process.env["NODE_OPTIONS"] = "--import /tmp/prof.mjs"; process.env["PROF_OUT"] = process.env["PROF"] ?? ""; }
const school = await School.open();
delete process.env["NODE_OPTIONS"];
const writers = [];
const pgCpu = () => readdirSync("/proc").filter((d) => /^\d+$/.test(d)).reduce((sum, d) => { try { return readFileSync(`/proc/${d}/comm`, "utf8").trim() === "postgres" && readFileSync(`/proc/${d}/cmdline`, "utf8").includes("mochila") ? sum + processorMs(+d) : sum; } catch { return sum; } }, 0);
for (const name of ["ana", "luis", "ben"] as const) {
  const person = await PersonOverHttp.signIn(school.url, emailOf(name));
  const [courseId = ""] = (await person.pullAll("courses")).keys();
  writers.push({ person, courseId });
}
const mode = process.argv[2] ?? "pull";
for (const { person, courseId } of writers) { const bodies = pushBodies(makeDrafts(10_000, { userId: person.userId, courseId })); for (const b of bodies) await pushBody(school.url, person, b); }
for (let r = 0; r < 5; r += 1) {
  if (process.env["PROF"] && r === 2) process.kill(school.processId, "SIGUSR2");
  const bodies = mode === "push" ? writers.map((w) => pushBodies(makeDrafts(10_000, { userId: w.person.userId, courseId: w.courseId }))) : [];
  const [cpu, pg, t] = [processorMs(school.processId), pgCpu(), performance.now()];
  if (mode === "pull") await Promise.all(writers.map(({ person }) => pullDrafts(school.url, person)));
  else await Promise.all(writers.map(async ({ person }, i) => { for (const b of bodies[i] ?? []) await pushBody(school.url, person, b); }));
  console.log(mode, "docs/s", (30_000_000 / (performance.now() - t)).toFixed(0), "cpu us/doc", ((processorMs(school.processId) - cpu) * 1000 / 30_000).toFixed(1), "pg us/doc", ((pgCpu() - pg) * 1000 / 30_000).toFixed(1));
}
if (process.env["PROF"]) { process.kill(school.processId, "SIGUSR2"); await new Promise((r) => setTimeout(r, 1500)); }
await school.close();
process.exit(0);
