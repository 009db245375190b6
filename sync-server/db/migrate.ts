import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { ReservedSql } from "postgres";
import type { Database } from "./database.ts";

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
export const migrate = (database: Database, folder: URL = FOLDER): Promise<void> => database.unbounded(() => applyAll(database, folder));

async function applyAll(database: Database, folder: URL): Promise<void> {
  const migrations = await readMigrations(folder);
  const connection = await database.sql.reserve();
  try {
    // A migration may rewrite a large table: the bounds of application connections do not hold here.
    await connection`set statement_timeout = 0`;
    await connection`set transaction_timeout = 0`;
    await connection`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await connection`create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())`;
    for (const migration of migrations) await apply(connection, migration);
  } finally {
    await connection`select pg_advisory_unlock_all()`.catch(() => undefined);
    await connection`reset all`.catch(() => undefined);
    connection.release();
  }
}

async function apply(connection: ReservedSql, { name, statements, checksum }: Migration): Promise<void> {
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
