import { expect } from "vitest";
import type { Database, Transaction } from "./database.ts";

/**
 * Two transactions on each other's heels: `first` has done its work and not committed when `second` begins, and commits once `second` waits for it, or has gone past.
 * Answers how the second one ended.
 */
export async function interleave<Value>(database: Database, first: (transaction: Transaction) => Promise<unknown>, second: () => Promise<Value>): Promise<PromiseSettledResult<Value>> {
  let commit: () => void = () => undefined;
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  // Wrapped: to await a promise that is resolved with another waits for both.
  const { holding } = await new Promise<{ readonly holding: Promise<void> }>((begun, fail) => {
    const held = database.transaction(async (transaction) => {
      await first(transaction);
      begun({ holding: held });
      await mayCommit;
    });
    held.catch(fail);
  });
  let ended = false;
  const following = Promise.allSettled([second()]).finally(() => (ended = true));
  const waits = async () => (await database.sql`select 1 from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`).length > 0;
  try {
    await expect.poll(async () => ended || (await waits())).toBe(true);
  } finally {
    commit();
  }
  await holding;
  const [result] = await following;
  return result;
}
