// A database whose every change is undone: each case of a matrix finds the school as the one before found it.
import { AsyncLocalStorage } from "node:async_hooks";
import type postgres from "postgres";
import type { Database, Sql, Transaction } from "../db/database.ts";

export interface RolledBack {
  /** For the application. Outside `undone` it is the database itself. */
  readonly database: Database;
  /** Runs `work` in a transaction that ends undone. `wrote`: whether anything was written or locked for it. */
  undone<Result>(work: (sql: Sql) => Promise<Result>): Promise<{ readonly result: Result; readonly wrote: boolean }>;
}

interface Lane {
  readonly sql: postgres.ReservedSql;
  /** With the first statement: many a request is refused without one. */
  begun: boolean;
  savepoints: number;
  /** Timers that a case began live longer than it does. */
  ended: boolean;
}

/**
 * The application's own transactions become savepoints of one that is never committed; its statements, locks and errors are real. Who is in
 * which case follows the asynchronous context, so that work in the background keeps the database itself.
 */
export function rolledBack(database: Database): RolledBack {
  const lanes = new AsyncLocalStorage<Lane>();
  const free: postgres.ReservedSql[] = [];
  const laneNow = (): Lane | null => {
    const lane = lanes.getStore();
    if (!lane || lane.ended) return null;
    if (!lane.begun) lane.sql`begin`.execute().catch(() => undefined);
    lane.begun = true;
    return lane;
  };
  const sql = new Proxy(database.sql, {
    apply: (_, __, given: unknown[]) => Reflect.apply((laneNow()?.sql ?? database.sql) as unknown as (...all: unknown[]) => unknown, undefined, given),
    get: (_, name) => {
      const lane = laneNow();
      if (lane === null) return Reflect.get(database.sql, name) as unknown;
      return name === "begin" ? (...given: unknown[]) => inSavepoint(lane, given.at(-1) as Work<unknown>) : (Reflect.get(lane.sql, name) as unknown);
    },
  });
  return {
    database: {
      ...database, sql,
      transaction: (work) => {
        const lane = laneNow();
        return lane === null ? database.transaction(work) : inSavepoint(lane, work);
      },
    },
    undone: async (work) => {
      const reserved = free.pop() ?? (await database.sql.reserve());
      const lane: Lane = { sql: reserved, begun: false, savepoints: 0, ended: false };
      try {
        const result = await lanes.run(lane, () => work(sql));
        // A transaction that failed as a whole has written nothing and takes no question.
        const [row] = lane.begun ? await reserved<{ wrote: boolean }[]>`select pg_current_xact_id_if_assigned() is not null as wrote`.catch(() => []) : [];
        return { result, wrote: row?.wrote ?? false };
      } finally {
        lane.ended = true;
        if (lane.begun) await reserved`rollback`;
        free.push(reserved);
      }
    },
  };
}

type Work<Result> = (transaction: Transaction) => Promise<Result>;

async function inSavepoint<Result>(lane: Lane, work: Work<Result>): Promise<Result> {
  const name = `of_the_application_${(lane.savepoints += 1)}`;
  const transaction = new Proxy(lane.sql as unknown as Transaction, {
    get: (target, key) => (key === "savepoint" ? (...given: unknown[]) => inSavepoint(lane, given.at(-1) as Work<unknown>) : (Reflect.get(target, key) as unknown)),
  });
  await lane.sql.unsafe(`savepoint ${name}`);
  try {
    const result = await work(transaction);
    await lane.sql.unsafe(`release savepoint ${name}`);
    return result;
  } catch (error) {
    await lane.sql.unsafe(`rollback to savepoint ${name}`);
    throw error;
  }
}
