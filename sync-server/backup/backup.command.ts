import { join, resolve } from "node:path";
import { readOptions, validOption } from "../command-line.ts";
import type { Command } from "../command.ts";
import { blobFolder, FolderBlobStore } from "../files/blob-store.ts";
import * as z from "zod/mini";
import { bytesOf, rowsOf } from "./manifest.ts";
import { recordBackup } from "./backup-record.ts";
import { writeBackup } from "./write-backup.ts";

const Keep = z.pipe(z.string().check(z.regex(/^[1-9]\d{0,4}$/)), z.transform(Number));

/** Backups that are removed by nobody but whoever made them. */
const ALL = Number.MAX_SAFE_INTEGER;

const defaultBackupFolder = (dataDir: string): string => join(dataDir, "backups");

export const backupCommand: Command = {
  verb: "backup",
  usage: "[--to <folder>] [--keep <number>]",
  about: "Copies the whole school, as it is at one moment, into a folder; the school goes on meanwhile.",
  details: `Without --to the folder is DATA_DIR/backups: on the same disk, so copy it to another place.
Each backup is a folder of its own; pictures and other files lie beside and are copied once. --keep removes the oldest, of this school alone.
A backup is as secret as the school: it holds names, work, password hashes and the keys that sign people in. Keep it where only you can read it.
It appears whole or not at all, and is read again before it gets its name. Exit status 0: it is there. For cron: infra/runbooks/backup.md.
Reports are counted again from the events of the last two weeks; older ones lie in ClickHouse alone.
Settings (DATA_DIR, SMTP_URL and the like) are not in it: keep them with your deployment.`,
  run: async (context, args) => {
    const { config, database, clock, random, print, folder: standing } = context;
    const values = readOptions(args, { to: { type: "string" }, keep: { type: "string" } });
    const keep = values.keep === undefined ? ALL : validOption(Keep, values.keep, "--keep takes how many backups stay, 1 or more.");
    const folder = values.to === undefined ? defaultBackupFolder(config.dataDir) : resolve(standing, values.to);
    const blobs = new FolderBlobStore({ folder: blobFolder(config.dataDir), random });
    const { path, manifest, removed } = await writeBackup({ database, clock, random, blobs, publicUrl: config.publicUrl, progress: print }, { folder, keep });
    await recordBackup(database, { clock }, { path, manifest });
    for (const old of removed) print(`removed ${old}`);
    print(`backup ${path}: ${manifest.tables.length} tables, ${rowsOf(manifest)} rows, ${megabytes(bytesOf(manifest))} MB`);
    const { missing } = manifest.blobs;
    if (missing > 0) throw new Error(`${missing} files of the school are missing or damaged in ${blobFolder(config.dataDir)}, and so are not in the backup. Everything else is. An older backup may have them.`);
  },
};

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
