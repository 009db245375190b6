import { readFileSync, writeFileSync } from "node:fs";
import { Device, signIn } from "../browser/device.ts";
import { cpuOfTree } from "./zz-cpu.ts";
import { createRequire } from "node:module";
import { documentsOnDevice } from "../browser/device-stores.ts";
const { url, email, userId } = JSON.parse(readFileSync("/tmp/zz/school.json", "utf8"));
const cpu = () => { const t = new Map<number,[number,string,number]>(); for (const d of readFileSync("/proc/stat","utf8").split("\n")[0]!.split(" ")) void d; return t; };
void cpu;
const device = new Device();
const page = await device.open(url);
page.on("console", (m) => { if (m.text().startsWith("zz")) console.log(m.text()); });
if (process.argv.includes("--nogate")) await page.evaluate(() => { (window as any).nogate = true; });
if (process.argv.includes("--still")) await page.emulateMedia({ reducedMotion: "reduce" });
await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
const session = await page.context().newCDPSession(page);
const profile = process.argv.includes("--profile");
if (profile) { await session.send("Profiler.enable"); await session.send("Profiler.setSamplingInterval", { interval: 500 }); await session.send("Profiler.start"); }
await session.send("Performance.enable");
const metrics = async () => Object.fromEntries((await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
await page.evaluate(() => {
  const w = { at: NaN, tasks: [] as [number, number][] };
  Object.assign(window, { w });
  new PerformanceObserver((l) => { for (const e of l.getEntries()) w.tasks.push([Math.round(e.startTime), Math.round(e.duration)]); }).observe({ type: "longtask" });
  const o = new MutationObserver(() => { if (document.querySelector('[data-sync-state="synced"]')) { w.at = performance.now(); o.disconnect(); } });
  o.observe(document, { childList: true, subtree: true, attributes: true });
});
const cpu0 = cpuOfTree(process.pid);
const before: any = await metrics();
await signIn(page, process.env["EMAIL"] ?? email);
await page.waitForFunction(() => !Number.isNaN((window as any).w.at), undefined, { polling: 500 });
const cpu1 = cpuOfTree(process.pid);
const after: any = await metrics();
const r = await page.evaluate(() => ({ ...(window as any).w, start: (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).find((e) => e.name.endsWith("/api/auth/login"))!.responseEnd, pulls: (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).filter((e) => e.name.endsWith("/sync/pull")).map((e) => [Math.round(e.startTime), Math.round(e.responseEnd)]) }));
if (process.argv.includes("--zz")) for (const z of await page.evaluate(() => (window as any).zz)) if (z[0] > r.start) console.log(Math.round(z[0] - r.start), ...z.slice(1));
console.log(["LayoutDuration","RecalcStyleDuration","ScriptDuration","V8CompileDuration","TaskDuration","TaskOtherDuration","LayoutCount"].map((k) => k+" "+(after[k]-before[k]).toFixed(2)).join(" "));
console.log("cpu", (cpu1-cpu0).toFixed(2), "ms", Math.round(r.at - r.start), "task s", (after.TaskDuration - before.TaskDuration).toFixed(2), "script s", (after.ScriptDuration - before.ScriptDuration).toFixed(2), "tasks", JSON.stringify(r.tasks.filter((t: any) => t[1] >= 80)));
if (process.argv.includes("--pulls")) console.log(JSON.stringify(r.pulls.map((p: any) => p.map((x: number) => Math.round(x - r.start)))));
if (profile) {
  const { profile: p } = await session.send("Profiler.stop");
  writeFileSync("/tmp/zz/p.cpuprofile", JSON.stringify(p));
  const self = new Map<number, number>(); p.samples!.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + (p.timeDeltas![i] ?? 0)));
  const by = new Map<string, number>(); const total = new Map<string, number>();
  const nodes = new Map(p.nodes.map((n) => [n.id, n]));
  const key = (n: any) => `${n.callFrame.functionName || "(anon)"} ${n.callFrame.url.split("/").pop()}:${n.callFrame.lineNumber}`;
  const walk = (id: number, stack: Set<string>): number => { const n: any = nodes.get(id); const k = key(n); const s = self.get(id) ?? 0; by.set(k, (by.get(k) ?? 0) + s); const has = stack.has(k); stack.add(k); let t = s; for (const c of n.children ?? []) t += walk(c, stack); if (!has) { stack.delete(k); total.set(k, (total.get(k) ?? 0) + t); } return t; };
  walk(p.nodes[0]!.id, new Set());
  const top = (m: Map<string, number>, n: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, n).map(([k, v]) => `${(v / 1000).toFixed(0).padStart(7)} ${k}`).join("\n");
  console.log("SELF\n" + top(by, 45)); console.log("TOTAL\n" + top(total, 70));
}
if (process.argv.includes("--bare")) {
  const docs = [...(await documentsOnDevice(page, userId, "drafts")).values()];
  await page.evaluate(readFileSync(createRequire(createRequire(import.meta.url).resolve("rxdb/package.json")).resolve("dexie/dist/dexie.min.js"), "utf8"));
  const put = (d: any) => page.evaluate(async (documents) => { const db = new (window as any).Dexie("bare"); db.version(1).stores({ docs: "id" }); await db.open(); (window as any).docs = documents; const t = performance.now(); await db.table("docs").bulkPut(documents); const ms = performance.now() - t; await db.delete(); return ms; }, d);
  await put(docs); const c0 = cpuOfTree(process.pid); const ms = await put(docs); console.log("bare ms", Math.round(ms), "cpu with transfer", (cpuOfTree(process.pid) - c0).toFixed(2));
}
await device.remove();
