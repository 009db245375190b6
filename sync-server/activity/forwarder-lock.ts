import type { Database } from "../db/database.ts";

/** Any constant: every instance asks for the same advisory lock. */
const FORWARDER_LOCK = 7_203_424;

export interface ForwarderLock {
  /** Rejects when the connection that holds the lock is gone, and with it the lock. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the one forwarder; null: another one is. The lock belongs to a connection of its own, so a process that dies frees
 * it. Two at once for a moment would cost a second insert, never a second count: batches are sealed once and their tokens are remembered.
 */
export async function takeForwarderLock(database: Database): Promise<ForwarderLock | null> {
  const connection = await database.sql.reserve();
  try {
    const [answer] = await connection<{ held: boolean }[]>`select pg_try_advisory_lock(${FORWARDER_LOCK}) as held`;
    if (!answer?.held) {
      connection.release();
      return null;
    }
  } catch (error) {
    connection.release();
    throw error;
  }
  return {
    check: async () => {
      await connection`select 1`;
    },
    release: async () => {
      await connection`select pg_advisory_unlock(${FORWARDER_LOCK})`.catch(() => undefined);
      connection.release();
    },
  };
}
