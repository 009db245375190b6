import type { Database, Sql } from "@mochila/sync-server/db/database.ts";
import type { Schedule } from "./schedule.ts";

type Gate = () => Promise<void>;
/** Of the work that is under way: one event at a time, so one piece of work (Schedule). A context of Node's own would cost a tenth of the run. */
let current: Gate | null = null;

/** The same database; work that was started at a gate passes it before each statement that it does not write with. Such a one locks nothing, so nobody waits for it. */
export function withGates(database: Database): Database {
  const begin = (options: string, work: (transaction: Sql) => Promise<unknown>) => database.sql.begin(options, (transaction) => work(gated(transaction)));
  const sql = new Proxy(gated(database.sql), { get: (target, key) => (key === "begin" ? begin : (Reflect.get(target, key) as unknown)) });
  return { ...database, sql };
}

function gated<Statements extends Sql>(sql: Statements): Statements {
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const query: unknown = Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
      const gate = current;
      // A statement is sent when somebody waits for it; a name in it is no statement.
      return gate && Array.isArray(args[0]) && "raw" in args[0] ? gate().then(() => query) : query;
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
          current = gate;
          goOn();
        }));
        current = null;
        leave();
      });
    };
    current = gate;
    void work().finally(() => {
      current = null;
      leave();
    });
  });
}
