import type postgres from "postgres";

/** One transaction of Postgres: a tagged template that binds every value. */
export type Transaction = postgres.TransactionSql;
/** Anything a query runs on. */
export type Sql = postgres.Sql | Transaction;

/** The system of record. Only this folder and tests know the driver. */
export interface Database {
  readonly sql: postgres.Sql;
  /**
   * Runs `work` in one transaction and commits. A write transaction holds back the feed of everyone (SYNC.md B.1), so `work` never
   * waits for anything but Postgres. Repeats on serialization failure and deadlock, at most three times: `work` must be pure of other effects.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** For what is done once at a start with statements that may take minutes: meanwhile a silent connection is not taken for a dead one. */
  unbounded<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
