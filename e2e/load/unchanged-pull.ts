import { courseScope, type Scope } from "@mochila/shared/access/scope.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { grantScopes } from "@mochila/sync-server/access/grants.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { openDatabase } from "@mochila/sync-server/db/pool.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { createTestSchool, TestDevice } from "@mochila/sync-server/sync/test-school.ts";

/** The scopes of a person in 28 courses: theirs, the school's, and one a course. */
const COURSES = 28;
const DOCUMENTS_SEEN = 1_000;
const PULLS = 500;
/** A statement of the application has 10 s. */
const ROWS_PER_STATEMENT = 20_000;

export interface UnchangedPulls {
  /** Milliseconds of database time of one pull that finds nothing new, by PostgreSQL's own count. */
  measure(): Promise<number>;
  drop(): Promise<void>;
}

/**
 * A person with 30 scopes and a device that has all of `documents` documents, on a cluster of their own. The device really pulled the
 * first thousand; the others stand in the feed before those.
 */
export async function openUnchangedPulls(documents: number): Promise<UnchangedPulls> {
  const { database, url, drop } = await createTestDatabase();
  const school = await createTestSchool(database);
  const person = await school.person();
  const scopes = Array.from({ length: COURSES }, () => courseScope(newId()));
  await database.transaction((transaction) => grantScopes(transaction, person, scopes));
  const [before] = await database.sql`select pg_current_xact_id()::text as xid`;
  const share = (total: number, index: number) => Math.floor(total / COURSES) + (index < total % COURSES ? 1 : 0);
  for (const [index, scope] of scopes.entries()) await addModules(database, { scope, count: share(DOCUMENTS_SEEN, index), xid: null });
  const device = new TestDevice(school, person);
  await device.pull();
  if (device.ids("modules").length !== DOCUMENTS_SEEN) throw new Error("the device does not have what it should");
  for (const [index, scope] of scopes.entries()) await addModules(database, { scope, count: share(documents - DOCUMENTS_SEEN, index), xid: String(before?.["xid"]) });
  await database.sql.unsafe("vacuum analyze scope_doc");
  return { measure: () => measure(database, url, device), drop };
}

async function addModules({ sql }: Database, { scope, count, xid }: { scope: Scope; count: number; xid: string | null }): Promise<void> {
  for (let left = count; left > 0; left -= ROWS_PER_STATEMENT) {
    await sql`
      with made as (
        insert into doc_modules (id, rev, body)
        select gen_random_uuid(), gen_random_uuid(), jsonb_build_object('title', jsonb_build_object('en', repeat('Rain. ', 60)), 'order', 'V', 'state', 'published')
        from generate_series(1, ${Math.min(left, ROWS_PER_STATEMENT)}::int) returning id)
      insert into scope_doc (scope_id, coll, doc_id, op, xid)
      select scope.id, 3, made.id, 'P', coalesce(${xid}::xid8, pg_current_xact_id()) from made cross join scope where scope.name = ${scope}`;
  }
}

async function measure(database: Database, url: string, { userId, checkpoints }: TestDevice): Promise<number> {
  // A pool of its own: a connection adds its time to the database's when it ends.
  const own = openDatabase(url);
  const device = new TestDevice(await createTestSchool(own), userId);
  for (const [collection, checkpoint] of checkpoints) device.checkpoints.set(collection, checkpoint);
  const before = await activeMs(database);
  for (let pull = 0; pull < PULLS; pull += 1) {
    const { sent } = await device.pullOnce();
    if (sent.length > 0) throw new Error("there was something new");
  }
  await own.close();
  return ((await activeMs(database)) - before) / PULLS;
}

/** The statistics of our own connection, which only asks, come later or not at all: they are too little to matter. */
async function activeMs({ sql }: Database): Promise<number> {
  const [row] = await sql<{ active: number }[]>`select active_time as active from pg_stat_database where datname = current_database()`;
  return row?.active ?? Number.NaN;
}
