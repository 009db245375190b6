import { access } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Sql } from "../db/database.ts";
import type { FolderBlobStore } from "../files/blob-store.ts";
import { blobsOf } from "./backup-folder.ts";
import type { Manifest } from "./manifest.ts";
import { partLines, writePart } from "./part-file.ts";
import type { BackupParts } from "./write-backup.ts";

/**
 * So much of what lies beside the backups already is read again by each backup, chosen by lot; the size of all of it is looked at. A disk that rots is found
 * while the school still has the file, and a backup does not get dearer with all that the school ever gathered.
 */
const READ_AGAIN_BYTES = 8_000_000_000;

interface Needed {
  readonly hash: Buffer;
  /** Null: nobody wrote it down. */
  readonly bytes: number | null;
}

const neededFiles = (sql: Sql) => sql<Needed[]>`
  select hash, max(bytes) as bytes from (select hash, bytes from file_ref union all select picture_hash, null from person where picture_hash is not null) as needed group by hash order by hash`;

interface Writing extends Pick<BackupParts, "blobs" | "clock" | "random" | "progress"> {
  readonly sql: Sql;
  readonly pool: FolderBlobStore;
  readonly draft: string;
}

/** Copies the files that the pool does not have whole, each proved by its hash, and writes the list of all. */
export async function writeFiles({ sql, blobs, pool, draft, clock, random, progress }: Writing): Promise<Manifest["blobs"]> {
  const needed = await neededFiles(sql);
  const share = READ_AGAIN_BYTES / Math.max(1, needed.reduce((sum, file) => sum + (file.bytes ?? 0), 0));
  let [bytes, missing, copied] = [0, 0, 0];
  /** Resolves with how long it is; null: nobody has it whole. */
  const bring = async ({ hash, bytes: told }: Needed): Promise<number | null> => {
    const size = await pool.renew(hash, clock.now());
    if (size !== null && size === (told ?? size) && (random.fraction() >= share || (await pool.get(hash)))) return size;
    const content = await blobs.get(hash);
    if (content === null) return null;
    await pool.put(content);
    copied += 1;
    if (copied % 100 === 0) progress(`${copied} new files`);
    return content.length;
  };
  const lines = async function* (): AsyncGenerator<string> {
    for (const file of needed) {
      const size = await bring(file);
      if (size === null) missing += 1;
      else {
        bytes += size;
        yield `${file.hash.toString("hex")}\n`;
      }
    }
  };
  const part = await writePart({ folder: draft, file: "files.gz" }, Readable.from(lines(), { objectMode: false }));
  return { part, bytes, missing };
}

/** Throws when a file went since it was written: somebody tidied the folder by hand, or by a program that knows nothing of this backup. */
export async function checkStillThere(draft: string, { blobs: { part } }: Manifest, pool: FolderBlobStore): Promise<void> {
  for await (const name of partLines(draft, part)) {
    if (!(await pool.has(Buffer.from(name, "hex")))) throw new Error("Files beside the backups were taken away while this one was made, so it was not finished. Run it again.");
  }
}

/** Throws when the folder of the files did not come along: a mistake that is mended by copying it too. */
export async function checkFolder(folder: string, { blobs: { part } }: Manifest): Promise<void> {
  if (part.rows === 0) return;
  const path = blobsOf(folder);
  const words = `The backup is not whole: the folder ${path} with the school's files is missing. Copy it there too; if it is lost for good, make an empty one. Nothing was changed.`;
  await access(path).catch(() => Promise.reject(new Error(words)));
}

/**
 * Copies what the school does not have whole; what it has stays. One that is damaged stops nothing: a school without a picture is better than none.
 * Resolves with the hashes of those that nobody has whole.
 */
export async function restoreFiles({ blobs, pool, progress }: { blobs: FolderBlobStore; pool: FolderBlobStore; progress: (line: string) => void }, path: string, manifest: Manifest): Promise<string[]> {
  const lost: string[] = [];
  let copied = 0;
  for await (const name of partLines(path, manifest.blobs.part)) {
    const hash = Buffer.from(name, "hex");
    if (await blobs.get(hash)) continue;
    const content = await pool.get(hash);
    if (content === null) {
      lost.push(name);
      continue;
    }
    await blobs.put(content);
    copied += 1;
    if (copied % 100 === 0) progress(`${copied} files`);
  }
  return lost;
}
