import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";

/** Bytes by their SHA-256. One machine keeps them in a folder; several share an object store behind the same interface. */
export interface BlobStore {
  /** Resolves with the hash when the bytes are durable. The same bytes again are young again, and whole if the disk had damaged them. */
  put(bytes: Uint8Array): Promise<Uint8Array>;
  /** Null: not there, or no longer what the hash says (then they must not be shown). */
  get(hash: Uint8Array): Promise<Uint8Array | null>;
  /** Every hash that is stored longer than `olderThanMs`; for collecting what nothing refers to any more. */
  listOlderThan(olderThanMs: number, now: number): AsyncIterable<Uint8Array>;
  /** Does nothing if the bytes were put again meanwhile. */
  removeOlderThan(hash: Uint8Array, olderThanMs: number, now: number): Promise<void>;
}

export const hashOf = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Where a server with this data folder keeps its blobs; the command line writes to the same. */
export const blobFolder = (dataDir: string): string => join(dataDir, "blobs");

const NAME = /^[0-9a-f]{64}$/u;

/**
 * Blobs in a folder: `sha256/ab/cd/<hash>`. Duty: a blob that is named is whole. Invariant: bytes get their name by a rename after
 * they are on the disk. A crash leaves at most a file in `incoming`, which the next start removes.
 */
export class FolderBlobStore implements BlobStore {
  readonly #incoming: string;
  readonly #root: string;
  readonly #random: Random;

  constructor({ folder, random }: { folder: string; random: Random }) {
    this.#root = join(folder, "sha256");
    this.#incoming = join(folder, "incoming");
    this.#random = random;
  }

  async put(bytes: Uint8Array): Promise<Uint8Array> {
    const hash = hashOf(bytes);
    const path = this.#pathOf(hash);
    await mkdir(this.#incoming, { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    const temporary = join(this.#incoming, Buffer.from(this.#random.bytes(16)).toString("hex"));
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
    return hash;
  }

  async get(hash: Uint8Array): Promise<Uint8Array | null> {
    try {
      const bytes = await readFile(this.#pathOf(hash));
      return Buffer.compare(hashOf(bytes), hash) === 0 ? bytes : null;
    } catch (error) {
      // EIO: the disk cannot read it any more.
      if (["ENOENT", "EIO"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
      throw error;
    }
  }

  /** Whether there is a file of that name; not whether it is whole. */
  has(hash: Uint8Array): Promise<boolean> {
    return exists(this.#pathOf(hash));
  }

  /** As young as if it were put again. Resolves with its size, whether it is whole or not; null: there is none. */
  async renew(hash: Uint8Array, now: number): Promise<number | null> {
    const path = this.#pathOf(hash);
    if (!(await exists(path))) return null;
    await utimes(path, now / 1_000, now / 1_000);
    return (await stat(path)).size;
  }

  async *listOlderThan(olderThanMs: number, now: number): AsyncIterable<Uint8Array> {
    if (!(await exists(this.#root))) return;
    for (const entry of await readdir(this.#root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !NAME.test(entry.name)) continue;
      const { mtimeMs } = await stat(join(entry.parentPath, entry.name));
      if (now - mtimeMs > olderThanMs) yield Buffer.from(entry.name, "hex");
    }
  }

  async removeOlderThan(hash: Uint8Array, olderThanMs: number, now: number): Promise<void> {
    const path = this.#pathOf(hash);
    const facts = await stat(path).catch(() => null);
    if (facts && now - facts.mtimeMs > olderThanMs) await rm(path, { force: true });
  }

  /** The hash, never a name from outside, makes the path: there is nothing to traverse with. */
  #pathOf(hash: Uint8Array): string {
    assert(hash.length === 32, "a SHA-256 has 32 bytes");
    const name = Buffer.from(hash).toString("hex");
    return join(this.#root, name.slice(0, 2), name.slice(2, 4), name);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/** A rename is durable only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
