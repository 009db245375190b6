import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { fromCommandLine, writeAudit } from "../audit/audit.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";
import { onLongConnection } from "../db/long-connection.ts";
import { migrate, migrateAs } from "../db/migrate.ts";
import { checkFolder } from "./backup-files.ts";
import { readTables } from "./catalog.ts";
import { type Manifest, partsOf } from "./manifest.ts";
import { isWhole, readPart } from "./part-file.ts";

/** Where the school is built up; nobody looks there until it is whole. */
export const BUILDING = "restoring";

export interface RestoreParts {
  /** Of the school as it is. */
  readonly database: Database;
  /** On the tables of `BUILDING`. */
  readonly building: Database;
  readonly clock: Clock;
  readonly progress: (line: string) => void;
}

/** Throws one clear sentence at the first part that is not what was written. */
export async function checkBackup(path: string, manifest: Manifest): Promise<void> {
  for (const part of partsOf(manifest)) {
    await access(join(path, part.file)).catch(() => Promise.reject(new Error(`The backup is not whole: ${part.file} is missing in ${path}. Nothing was changed.`)));
    if (!(await isWhole(path, part))) throw new Error(`The backup is damaged: ${join(path, part.file)} is not what was written. Nothing was changed.`);
  }
  await checkFolder(resolve(path, ".."), manifest);
}

/**
 * Builds the school up beside the one that is there: the form of the version that made the backup, its rows, then today's form. A kill in between
 * leaves the school that was, and what was begun is thrown away by the next try. Throws when a table has not as many rows as the backup says.
 */
export async function buildUp({ database, building, clock, progress }: RestoreParts, path: string, manifest: Manifest): Promise<void> {
  await database.sql.unsafe(`drop schema if exists ${BUILDING} cascade; create schema ${BUILDING}`);
  await migrateAs(building, manifest.migrations);
  await onLongConnection(building, async (sql) => {
    await sql`begin`;
    await load(sql, path, manifest, progress);
    await sql`commit`;
    await migrate(building);
    await sql`analyze`;
  });
  await building.transaction((transaction) => settle(transaction, manifest, clock));
}

async function load(sql: Sql, path: string, { tables, sequences }: Manifest, progress: (line: string) => void): Promise<void> {
  const here = new Map((await readTables(sql)).map((table) => [table.name, table]));
  for (const { name, columns, part } of tables) {
    if (!here.has(name)) throw new Error(`The backup holds a table ${name} that its own version does not have.`);
    const [placed] = await sql`select 1 from ${sql(name)} limit 1`;
    // What a migration put there comes with the backup.
    if (placed) await sql`truncate ${sql(name)} cascade`;
    const into = await sql`copy ${sql(name)} (${sql(columns)}) from stdin`.writable();
    await readPart(path, part, into);
    const [found] = await sql<{ rows: string }[]>`select count(*)::text as rows from ${sql(name)}`;
    if (Number(found?.rows) !== part.rows) throw new Error(`Of the ${part.rows} rows of ${name} ${found?.rows} arrived.`);
    progress(`${name}: ${part.rows} rows`);
  }
  for (const { name, value } of sequences) await sql`select setval(${name}::regclass, ${value}::bigint)`;
}

/**
 * What must not be as it was: a session that was ended since, on a phone that was lost perhaps, would live again. Everybody signs in once more; what waits on
 * their devices stays there and is sent then.
 */
async function settle(transaction: Transaction, { at }: Manifest, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  await transaction`update session set ended_at = ${now}, end_reason = 'restored' where ended_at is null`;
  await transaction`insert into activity_recount (asked_at) values (${now}) on conflict (one) do update set asked_at = excluded.asked_at`;
  await writeAudit(transaction, { clock }, { by: fromCommandLine, action: "school.restore", object: { kind: "school", id: "" }, details: { at } });
}

/** In one step the school that was built up is the school. The one that was is kept under another name, which is the answer; null: it was empty. */
export const putInPlace = ({ database, clock }: RestoreParts): Promise<string | null> =>
  database.transaction(async (transaction) => {
    const [school] = await transaction<{ name: string }[]>`select current_schema() as name`;
    const name = school?.name ?? "public";
    const aside = `before_${new Date(clock.now()).toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
    const kept = await hasPeople(transaction);
    await transaction.unsafe(`alter schema ${name} rename to ${aside}; alter schema ${BUILDING} rename to ${name}`);
    if (!kept) await transaction.unsafe(`drop schema ${aside} cascade`);
    return kept ? aside : null;
  });

/** Whether somebody's school is in this database. */
export async function hasPeople(sql: Sql): Promise<boolean> {
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('person') is not null as there`;
  if (!table?.there) return false;
  const [some] = await sql`select 1 from person limit 1`;
  return some !== undefined;
}
