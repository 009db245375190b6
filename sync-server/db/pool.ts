import postgres from "postgres";
import type { Database, Transaction } from "./database.ts";
import { WatchedSockets } from "./watched-socket.ts";

const TRANSACTION_TRIES_MAX = 3;
/** Serialization failure and deadlock: the same work, done again, can succeed. */
const REPEATABLE = new Set(["40001", "40P01"]);

const isRepeatable = (error: unknown): boolean => error instanceof postgres.PostgresError && REPEATABLE.has(error.code);

/**
 * Bounds of every application connection, in milliseconds. A forgotten transaction holds back everyone's feed (SYNC.md B.1),
 * so Postgres itself ends it: 15 s whatever happens, 5 s while nothing happens in it.
 */
const APPLICATION_SETTINGS = {
  idle_in_transaction_session_timeout: 5_000,
  statement_timeout: 10_000,
  transaction_timeout: 15_000,
} as const;

/** Enough to keep two cores busy; each connection of Postgres is a process of some 10 MB. */
const CONNECTIONS_MAX = 12;
const CONNECT_SECONDS_MAX = 5;

/** What a server's connections are called. */
export const APPLICATION_NAME = "mochila";

interface DatabaseOptions {
  readonly socket?: string | undefined;
  /** Where tables are made and looked for, in place of the usual one. */
  readonly schema?: string;
  /** What PostgreSQL lists its connections as. */
  readonly name?: string;
}

/**
 * Opens a pool on `url` (postgres://…), or on a socket of this machine in place of the url's host; connects with the first query. Queries reject with the driver's error when the server is
 * away, and the next query tries again within a second, so that an outage ends by itself.
 */
export function openDatabase(url: string, { socket, schema, name = APPLICATION_NAME }: DatabaseOptions = {}): Database {
  const sockets = new WatchedSockets();
  const sql = postgres(url, {
    // Known to the driver, not to its types.
    ...{ socket: sockets.open },
    ...(socket === undefined ? {} : { path: socket }),
    max: CONNECTIONS_MAX,
    connect_timeout: CONNECT_SECONDS_MAX,
    backoff: (tries: number) => Math.min(tries / 10, 1),
    onnotice: () => undefined,
    connection: { application_name: name, ...APPLICATION_SETTINGS, ...(schema === undefined ? {} : { search_path: schema }) },
  });
  return {
    sql,
    transaction: (work) => runTransaction(sql, work),
    unbounded: (work) => sockets.unbounded(work),
    close: () => sql.end({ timeout: 5 }),
  };
}

async function runTransaction<Result>(sql: postgres.Sql, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await sql.begin(work)) as Result;
    } catch (error) {
      if (tries >= TRANSACTION_TRIES_MAX || !isRepeatable(error)) throw error;
    }
  }
}
