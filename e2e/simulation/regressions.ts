import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { runAgain } from "./run-seed.ts";
import type { Server } from "./server.ts";

/** A seed that once failed, with those of its operations that were needed, or how many from the first. */
interface Regression {
  readonly seed: number;
  readonly operations: number | readonly number[];
  /** Its server was put back; its devices were updated. Absent: not. */
  readonly restores?: boolean;
  readonly updates?: boolean;
  /** The invariant or mistake that it noticed. */
  readonly caught: string;
}

const regressions = JSON.parse(readFileSync(new URL("./regressions.json", import.meta.url), "utf8")) as readonly Regression[];

/** Returns how many ran. The world goes on at the numbers that are in the file: a change of the schedule makes a seed another story. */
export async function replayRegressions(server: Server, part: number, parts: number): Promise<number> {
  const mine = regressions.filter((_, index) => index % parts === part);
  for (const { seed, operations, restores = false, updates = false, caught } of mine) {
    const numbers = typeof operations === "number" ? Array.from({ length: operations }, (_, number) => number) : operations;
    const { broken } = await runAgain(server, { seed, operations: numbers, kind: { restores, updates } });
    expect(broken, `seed ${seed} of regressions.json, which once caught: ${caught}`).toEqual([]);
  }
  if (mine.length > 0) await server.forget();
  return mine.length;
}
