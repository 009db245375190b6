import { resolve } from "node:path";
import { putRootsAside } from "../audit/audit-roots.ts";
import { readCall } from "../command-line.ts";
import { type BareCommand, type BareContext, UsageError } from "../command.ts";
import { APPLICATION_NAME } from "../db/pool.ts";
import type { Sql } from "../db/database.ts";
import { blobFolder, FolderBlobStore } from "../files/blob-store.ts";
import { connectPostgres } from "../stores.ts";
import { closeAgain } from "../own-data/closing.ts";
import { restoreFiles } from "./backup-files.ts";
import { blobsOf, findBackup, type KeptBackup } from "./backup-folder.ts";
import { closedSince } from "./closed-since.ts";
import { BUILDING, buildUp, checkBackup, hasPeople, putInPlace } from "./restore-backup.ts";
import { rowsOf } from "./manifest.ts";

export const restoreCommand: BareCommand = {
  bare: true,
  verb: "restore",
  usage: "<backup> [--replace]",
  about: "Makes a school of a backup; stop the server first.",
  details: `<backup> is the folder of one backup, or a folder of backups: then the newest. Every part is checked before anything is changed.
A missing or damaged file beside it stops nothing: it is named, and the exit status is 1.
A school that has people is only replaced with --replace, and its data is kept aside. A backup of an older version is brought to today's form.
Afterwards everybody signs in once more. Devices bring back what they had handed in since the backup, by themselves.`,
  run: async (context, args) => {
    const { values, words } = readCall(args, { replace: { type: "boolean" } }, { words: true });
    if (words.length !== 1) throw new UsageError("Give exactly one backup.");
    const backup = await findBackup(resolve(context.folder, words[0] ?? ""));
    context.print(`backup ${backup.path}, of ${backup.manifest.at}`);
    await checkBackup(backup.path, backup.manifest);
    context.print("every part of it is whole");
    await restoreInto(context, backup, { replace: values.replace === true });
  },
};

async function restoreInto({ config, clock, random, log, print }: BareContext, backup: KeptBackup, { replace }: { replace: boolean }): Promise<void> {
  const { path, manifest } = backup;
  const postgres = await connectPostgres(config, { log, exclusive: true, name: "mochila restore" });
  const building = postgres.open(BUILDING);
  try {
    await checkAlone(postgres.database.sql);
    if (!replace && (await hasPeople(postgres.database.sql))) throw new Error("There is a school with people here already. With --replace the backup takes its place, and its data is kept aside.");
    const parts = { database: postgres.database, building, clock, progress: print };
    const since = await closedSince(postgres.database.sql, backup);
    const stores = { blobs: blobFolder(config.dataDir), pool: blobsOf(resolve(path, "..")) };
    const open = (folder: string) => new FolderBlobStore({ folder, random });
    const lost = await restoreFiles({ blobs: open(stores.blobs), pool: open(stores.pool), progress: print }, path, manifest);
    await buildUp(parts, path, manifest);
    // What the backup brings back of people who were closed since is erased once more, before anybody sees it.
    const closed = await closeAgain({ database: building, clock }, since.closed);
    const aside = await putInPlace(parts);
    await putRootsAside(config.dataDir, aside ?? `before_${clock.now()}`);
    print(`restored: ${manifest.tables.length} tables, ${rowsOf(manifest)} rows, as of ${manifest.at}`);
    if (aside !== null) print(`what was here before is kept in the schema ${aside}; when nobody needs it any more: drop schema ${aside} cascade`);
    if (closed > 0) print(`${closed} people who had closed their account since were erased again`);
    print(NEXT);
    const flaws = [...flawOfFiles(lost, stores), ...since.unread.map(flawOfList)];
    if (flaws.length > 0) throw new Error(["The school is restored and can be started, but not all is well:", ...flaws].join("\n"));
  } finally {
    await building.close();
    await postgres.stop();
  }
}

const NEXT = `Next: npm start. Everybody signs in once more, with the password that they had at the time of the backup.
Each device then hands in again what it had handed in since; ask people to open the app once, also those who think that all is well.
Reports are counted anew, which takes some minutes. Who was suspended or given another role since the backup has to be so again; who was closed is closed, as far as this school or a newer backup beside this one knows.`;

const flawOfFiles = (lost: readonly string[], { blobs, pool }: { blobs: string; pool: string }): string[] =>
  lost.length === 0 ? [] : [`- ${lost.length} files of it are missing or damaged in ${pool}. If another copy of your backups has them, copy its files/sha256 over ${blobs}/sha256: each is named by what it holds.`, ...lost.map((name) => `  ${name}`)];

const flawOfList = (path: string): string => `- ${path} is damaged or of a newer Mochila, so who was closed until then could not be read there: they may be back. Close them again.`;

/** A server that runs knows things by heart that end with this. The embedded database has one server at most, and we are it. */
async function checkAlone(sql: Sql): Promise<void> {
  const [row] = await sql<{ servers: number }[]>`select count(*)::int as servers from pg_stat_activity where datname = current_database() and application_name = ${APPLICATION_NAME}`;
  if ((row?.servers ?? 0) > 0) throw new Error("A Mochila still runs on this database. Stop every server of the school first; nothing was changed.");
}
