import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Goes with the packages, and so with the checkout. */
const CACHE = join(import.meta.dirname, "..", "node_modules", ".cache");
/** Nobody copies from one of yesterday any more. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

interface Template {
  readonly kind: string;
  /** Changes with whatever goes into it. */
  readonly key: string;
  /** Leaves it in `folder`, which does not exist yet, at rest. */
  make(folder: string): Promise<void>;
}

const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/**
 * Copies what takes long to make to `folder`, which must not exist. It is made by whoever comes first; of two that make it at once the second finds
 * it there.
 */
export async function copyTemplate({ kind, key, make }: Template, folder: string): Promise<void> {
  const cache = join(CACHE, kind);
  const template = join(cache, key);
  if (!existsSync(template)) {
    await mkdir(cache, { recursive: true });
    await removeOld(cache);
    const making = join(cache, `making-${randomBytes(6).toString("hex")}`);
    await make(making);
    await rename(making, template).catch(() => removeFolder(making));
  }
  // With owners and modes: PostgreSQL starts on nothing else.
  await promisify(execFile)("cp", ["-a", template, folder]);
}

async function removeOld(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > KEPT_MS) await removeFolder(join(cache, name));
  }
}
