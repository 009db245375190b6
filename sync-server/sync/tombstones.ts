import { APPLIED_REV_KEPT_DAYS } from "@mochila/shared/limits.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { Database } from "../db/database.ts";

/** A write transaction holds back everyone's feed: what is old goes in pieces of a few milliseconds. */
const ROWS_PER_STATEMENT = 1_000;
const REJECTIONS_KEPT_DAYS = 30;
const RECENT_VERSIONS_KEPT = 50;
const RECENT_DAYS_KEPT = 7;

/**
 * Removes what has served its time: refused rows, revisions that no device repeats any more, old versions of collections that keep
 * only recent ones. Removals in the feed and deleted ids stay: they are small, and a device may come back after a year.
 * Call it now and then, on one instance. Returns how many rows went.
 */
export async function sweep({ database, registry }: { database: Database; registry: readonly CollectionDefinition[] }): Promise<number> {
  const { sql } = database;
  const recent = registry.filter(({ history }) => history === "recent").map(({ number }) => number);
  const pieces = [
    () => sql`delete from push_reject where id in (
      select id from push_reject where at < now() - make_interval(days => ${REJECTIONS_KEPT_DAYS}) limit ${ROWS_PER_STATEMENT})`,
    () => sql`delete from applied_rev where (document, rev) in (
      select document, rev from applied_rev where at < now() - make_interval(days => ${APPLIED_REV_KEPT_DAYS}) limit ${ROWS_PER_STATEMENT})`,
    // Kept are the last 50 of each document, and what is younger than 7 days.
    () => sql`delete from doc_history where id in (
      select id from doc_history as old where coll = any(${recent}::smallint[]) and at < now() - make_interval(days => ${RECENT_DAYS_KEPT})
        and (select count(*) from doc_history as newer where newer.document = old.document and newer.id > old.id) >= ${RECENT_VERSIONS_KEPT}
      limit ${ROWS_PER_STATEMENT})`,
  ];
  let swept = 0;
  for (const piece of pieces) {
    for (;;) {
      const { count } = await piece();
      swept += count;
      if (count < ROWS_PER_STATEMENT) break;
    }
  }
  return swept;
}
