import { spawnSync } from "node:child_process";

/** Holds a process with all its threads to one core, where the system can. The databases and those who ask have the others. */
export function holdToOneCore(processId: number): void {
  if (process.platform !== "linux") return console.log("not held to one core: this system has no taskset");
  const { status, error } = spawnSync("taskset", ["-a", "-c", "-p", "0", String(processId)]);
  if (status !== 0) console.log(`not held to one core: ${error?.message ?? `taskset ended with ${status}`}`);
}
