import type { Database, Transaction } from "@mochila/sync-server/db/database.ts";
import type { Schedule } from "./schedule.ts";

type Gate = () => Promise<void>;
/** Of the work that is being started. A pull begins its transaction before it waits for anything; the tally would miss held pulls if it did not. */
let entrance: Gate | null = null;

/** The same database; work that was started at a gate passes it before each statement of its reading transaction. Such a one locks nothing, so nobody waits for it. */
export function withGates(database: Database): Database {
  const begin = (options: string, work: (transaction: Transaction) => Promise<unknown>) => {
    const gate = entrance;
    return database.sql.begin(options, (transaction) => work(gate ? gated(transaction, gate) : transaction));
  };
  const sql = new Proxy(database.sql, { get: (target, key) => (key === "begin" ? begin : (Reflect.get(target, key) as unknown)) });
  return { ...database, sql };
}

function gated(transaction: Transaction, gate: Gate): Transaction {
  return new Proxy(transaction, {
    apply(target, self, args: unknown[]) {
      const query: unknown = Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
      // A statement is sent when somebody waits for it; a name in it is no statement.
      return Array.isArray(args[0]) && "raw" in args[0] ? gate().then(() => query) : query;
    },
  });
}

/**
 * Runs work on the database that may be held between two statements while others work. Resolves when it is held or done: that is the end of the
 * event, and going on is another one.
 */
export function runHeld(schedule: Schedule, work: () => Promise<void>, holdMs: () => number | null): Promise<void> {
  return new Promise((resolve) => {
    let leave = resolve;
    const gate = () => {
      const ms = holdMs();
      if (ms === null) return Promise.resolve();
      return new Promise<void>((goOn) => {
        schedule.at(ms, () => new Promise((next) => {
          leave = next;
          goOn();
        }));
        leave();
      });
    };
    entrance = gate;
    void work().finally(() => leave());
    entrance = null;
  });
}
