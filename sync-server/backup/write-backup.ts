import { createHash } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database, Sql } from "../db/database.ts";
import type { DoneMigration } from "../db/migrate.ts";
import { FolderBlobStore, syncFolder } from "../files/blob-store.ts";
import { readSecret } from "../users/server-secret.ts";
import { checkStillThere, writeFiles } from "./backup-files.ts";
import { blobsOf, draftOf, nameOf, removeOld } from "./backup-folder.ts";
import { readSequences, readTables, type Table } from "./catalog.ts";
import { FORMAT, MANIFEST, type Manifest, partsOf } from "./manifest.ts";
import { isWhole, writePart } from "./part-file.ts";
import { asOnlyBackup, inSnapshot } from "./snapshot.ts";

export interface BackupParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** The files of the school. */
  readonly blobs: FolderBlobStore;
  readonly publicUrl: string | null;
  /** Told now and then: it may take minutes. */
  readonly progress: (line: string) => void;
}

/** Stays what it is through every restore, and says nothing of the secret that it is made of. */
const schoolOf = async (parts: Pick<BackupParts, "database" | "random">): Promise<string> =>
  createHash("sha256").update(await readSecret(parts, "school")).digest("hex").slice(0, 16);

export interface MadeBackup {
  readonly path: string;
  readonly manifest: Manifest;
  /** Old ones that went. */
  readonly removed: readonly string[];
}

/**
 * Makes a backup below `folder`, whole or not at all: it gets its name when every byte of it is on the disk and was read again. Then all but the newest `keep` go.
 * Throws one clear sentence; then every former backup is still there.
 */
export async function writeBackup(parts: BackupParts, { folder, keep }: { folder: string; keep: number }): Promise<MadeBackup> {
  const school = await schoolOf(parts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = draftOf(folder, school);
  const pool = new FolderBlobStore({ folder: blobsOf(folder), random: parts.random });
  return asOnlyBackup(parts.database, async (sql) => {
    // Of one that was killed: nobody else writes it while we hold the lock.
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    const manifest = await inSnapshot(sql, () => writeAll({ ...parts, sql, pool, draft, school }));
    for (const part of partsOf(manifest)) if (!(await isWhole(draft, part))) throw new Error(`${join(draft, part.file)} is not what was written: the disk may be failing.`);
    await checkStillThere(draft, manifest, pool);
    const path = join(folder, nameOf(manifest.at));
    await syncFolder(draft);
    await rename(draft, path);
    await syncFolder(folder);
    return { path, manifest, removed: await removeOld(folder, { keep, school, pool, clock: parts.clock }) };
  });
}

interface Writing extends BackupParts {
  readonly sql: Sql;
  /** The files beside the backups. */
  readonly pool: FolderBlobStore;
  readonly draft: string;
  readonly school: string;
}

async function writeAll(writing: Writing): Promise<Manifest> {
  const { sql, draft, school, publicUrl, progress } = writing;
  // The first statement: the moment of the backup.
  const [moment] = await sql<{ at: Date }[]>`select clock_timestamp() as at, pg_current_snapshot()::text`;
  const migrations = [...(await sql<DoneMigration[]>`select name, checksum from migration order by name`)];
  const tables: { name: string; columns: string[]; part: Manifest["blobs"]["part"] }[] = [];
  for (const table of await readTables(sql)) {
    tables.push({ name: table.name, columns: [...table.columns], part: await writeTable(writing, table) });
    progress(`${table.name}: ${tables.at(-1)?.part.rows} rows`);
  }
  const blobs = await writeFiles(writing);
  const sequences = [...(await readSequences(sql))];
  const manifest: Manifest = { format: FORMAT, school, at: (moment?.at ?? new Date(0)).toISOString(), publicUrl, migrations, tables, sequences, blobs };
  await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

async function writeTable({ sql, draft }: Writing, { name, columns }: Table): Promise<Manifest["blobs"]["part"]> {
  const lines = await sql`copy (select ${sql(columns as string[])} from ${sql(name)}) to stdout`.readable();
  return writePart({ folder: draft, file: `${name}.copy.gz` }, lines);
}
