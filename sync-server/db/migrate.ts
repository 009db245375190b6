import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Database, Sql } from "./database.ts";
import { onLongConnection } from "./long-connection.ts";

const FOLDER = new URL("./migrations/", import.meta.url);
const NAME = /^\d{4}_[a-z_]+\.sql$/;
/** Any constant: every process that migrates this database takes the same advisory lock. */
const MIGRATION_LOCK = 7_203_411;

interface Migration {
  readonly name: string;
  readonly statements: string;
  readonly checksum: string;
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const statements = await readFile(new URL(name, folder), "utf8");
      return { name, statements, checksum: createHash("sha256").update(statements).digest("hex") };
    }),
  );
}

/**
 * Brings the database to the form this version of the program needs: runs every file of `migrations/` that did not run yet, in
 * order, each in one transaction. Safe to call from several processes at once, and after a kill at any moment.
 * Throws when a file that already ran was changed since, or when one fails; then nothing of that file remains.
 */
export const migrate = (database: Database, folder: URL = FOLDER): Promise<void> => readMigrations(folder).then((migrations) => applyAll(database, migrations));

/** What has run on a database, as a backup of it says. */
export interface DoneMigration {
  readonly name: string;
  readonly checksum: string;
}

/** Brings an empty database to the form of an older one. Throws one clear sentence when this program does not know all that had run there. */
export async function migrateAs(database: Database, done: readonly DoneMigration[]): Promise<void> {
  const known = await readMigrations(FOLDER);
  const chosen = done.map(({ name, checksum }) => {
    const found = known.find((migration) => migration.name === name && migration.checksum === checksum);
    if (!found) throw new Error(`This Mochila does not know the form of the database ${name}: the backup is of a newer version. Install that version first.`);
    return found;
  });
  await applyAll(database, chosen);
}

/** What has not run yet, and what ran and is not of this version. */
export async function missingMigrations({ sql }: Pick<Database, "sql">): Promise<{ readonly missing: readonly string[]; readonly unknown: readonly string[] }> {
  const known = (await readMigrations(FOLDER)).map(({ name }) => name);
  const done = (await sql<{ name: string }[]>`select name from migration order by name`).map(({ name }) => name);
  return { missing: known.filter((name) => !done.includes(name)), unknown: done.filter((name) => !known.includes(name)) };
}

/** A migration may rewrite a large table: the bounds of application connections do not hold here. */
const applyAll = (database: Database, migrations: readonly Migration[]): Promise<void> =>
  onLongConnection(database, async (connection) => {
    await connection`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await connection`create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())`;
    for (const migration of migrations) await apply(connection, migration);
  });

async function apply(connection: Sql, { name, statements, checksum }: Migration): Promise<void> {
  const [done] = await connection<{ checksum: string }[]>`select checksum from migration where name = ${name}`;
  if (done?.checksum === checksum) return;
  if (done) throw new Error(`The migration ${name} was changed after it had run on this database; put a new file beside it instead.`);
  try {
    await connection`begin`;
    await connection.unsafe(statements);
    await connection`insert into migration (name, checksum) values (${name}, ${checksum})`;
    await connection`commit`;
  } catch (cause) {
    await connection`rollback`.catch(() => undefined);
    throw new Error(`The migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
