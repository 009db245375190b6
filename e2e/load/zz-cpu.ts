import { readdirSync, readFileSync } from "node:fs";
/** CPU seconds of all processes whose command line holds the profile path's parent group */
export function cpuOf(match: (cmd: string, pid: number) => boolean): number {
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      const cmd = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!match(cmd, Number(pid))) continue;
      const f = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      ticks += Number(f[11]) + Number(f[12]);
    } catch { /* gone */ }
  }
  return ticks / 100;
}
const parents = () => { const m = new Map<number, number>(); for (const pid of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) try { m.set(Number(pid), Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[1])); } catch {} return m; };
export function cpuOfTree(root: number): number {
  const up = parents();
  const inTree = (pid: number): boolean => { for (let p: number | undefined = pid; p && p > 1; p = up.get(p)) if (p === root) return true; return false; };
  return cpuOf((_c, pid) => pid !== root && inTree(pid));
}
