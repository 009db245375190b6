import { readFileSync } from "node:fs";

/** Resident memory of a process, in bytes. Linux. */
export function residentBytes(processId: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}

/** The kernel counts in hundredths of a second on every platform that Node runs on. */
const TICK_MS = 10;

/** Processor time of a process with all its threads so far, in milliseconds. Linux. */
export function processorMs(processId: number): number {
  // The name, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${processId}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
