import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { exitOf, freePort, readPostmaster, startPostmaster } from "./cluster.ts";
import type { PostgresProgram } from "./postgres-program.ts";

/**
 * A guard between us and the postmaster, so that nothing goes on however a test ends: its standard input is our pipe, which the system closes
 * even when we are killed with signal 9. Then it stops PostgreSQL: at once and with its folder, or orderly and the folder stays.
 */
const GUARDS = {
  remove: `folder=$1; shift; "$@" & postmaster=$!; cat >/dev/null; kill -QUIT $postmaster; wait $postmaster; cd /; rm -rf "$folder"`,
  keep: `shift; "$@" & postmaster=$!; cat >/dev/null; kill -INT $postmaster; wait $postmaster`,
} as const;

const START_POLL_MS = 10;
const START_POLLS_MAX = 3_000;

interface TestPostmaster {
  readonly port: number;
  /** Resolves when PostgreSQL has ended. */
  stop(): Promise<void>;
}

/** Resolves when it takes connections. `end`: what becomes of the folder. */
export async function startTestPostmaster(program: PostgresProgram, { folder, end, settings }: { folder: string; end: keyof typeof GUARDS; settings: Readonly<Record<string, string>> }): Promise<TestPostmaster> {
  const port = await freePort();
  const guard = startPostmaster(program, { folder, port, stdio: ["pipe", "ignore", "ignore"], settings, under: ["/bin/sh", "-c", GUARDS[end], "guard", folder] });
  const ended = exitOf(guard);
  // Neither the process nor its pipe keeps a test runner from ending.
  guard.unref();
  (guard.stdin as Socket | null)?.unref();
  for (let polls = 0; !(await readPostmaster(folder))?.ready; polls += 1) {
    if (polls >= START_POLLS_MAX || guard.exitCode !== null) throw new Error("the test cluster did not start");
    await pause(START_POLL_MS);
  }
  const stop = async () => {
    guard.ref();
    guard.stdin?.end();
    await ended;
  };
  return { port, stop };
}
