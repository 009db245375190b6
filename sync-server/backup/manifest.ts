import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";

/** Grows when a program of before could not read what is written now. */
export const FORMAT = 1;
export const MANIFEST = "manifest.json";

const Hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const Count = z.int().check(z.gte(0));
/** Becomes a name in SQL, and that of a file. */
const Name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,62}$/));

/** A file of a backup: what its bytes hash to, packed as they lie there. */
const Part = z.strictObject({ file: z.string().check(z.regex(/^[a-z0-9_.]{1,80}$/)), sha256: Hash, bytes: Count, rows: Count });
export type Part = z.infer<typeof Part>;

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** The same for all backups of one school, also after a restore. */
  school: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
  /** The moment that all of it is of. */
  at: z.iso.datetime(),
  publicUrl: z.nullable(z.string()),
  migrations: z.array(z.strictObject({ name: z.string(), checksum: z.string() })),
  /** In an order in which each table stands behind those that its rows point to. */
  tables: z.array(z.strictObject({ name: Name, columns: z.array(Name), part: Part })),
  sequences: z.array(z.strictObject({ name: Name, value: z.string().check(z.regex(/^\d{1,19}$/)) })),
  /** One hash a line; the files lie beside the backups and are shared by them. `missing`: not there, or damaged, when the backup was made. */
  blobs: z.strictObject({ part: Part, bytes: Count, missing: Count }),
});
export type Manifest = z.infer<typeof Manifest>;

/** Throws one clear sentence. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), "utf8").catch(() => null);
  if (text === null) throw new Error(`There is no backup in ${folder}: it has no ${MANIFEST}.`);
  const read = z.safeParse(Manifest, parsed(text));
  if (!read.success) throw new Error(`The backup in ${folder} cannot be read: its ${MANIFEST} is damaged, or was written by a newer Mochila.`);
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const rowsOf = ({ tables }: Manifest): number => tables.reduce((sum, { part }) => sum + part.rows, 0);
export const bytesOf = ({ tables, blobs }: Manifest): number => tables.reduce((sum, { part }) => sum + part.bytes, blobs.part.bytes + blobs.bytes);
export const partsOf = ({ tables, blobs }: Manifest): readonly Part[] => [...tables.map(({ part }) => part), blobs.part];
