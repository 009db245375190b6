import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { clusterUrl, makeApplicationDatabase, makeCluster, removeFolder } from "./cluster.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./pool.ts";
import type { PostgresProgram } from "./postgres-program.ts";
import { startTestPostmaster } from "./test-postmaster.ts";

/** Goes with the packages, and so with the checkout. */
const CACHE = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "mochila-test-clusters");
const MIGRATIONS = join(import.meta.dirname, "migrations");
const MAKERS = ["cluster.ts", "migrate.ts", "test-template.ts"].map((name) => join(import.meta.dirname, name));

/** Of a cluster that lives for one test file and listens on loopback. */
export const TEST_PASSWORD = "test";

/** Changes with whatever goes into a cluster: the program, what makes it, the migrations. */
async function keyOf(program: PostgresProgram): Promise<string> {
  const hash = createHash("sha256").update(program.folder).update(String(program.account?.uid));
  const sources = [...(await readdir(MIGRATIONS)).toSorted().map((name) => join(MIGRATIONS, name)), ...MAKERS];
  for (const path of sources) hash.update(path).update(await readFile(path));
  return hash.digest("hex").slice(0, 16);
}

async function make(program: PostgresProgram, folder: string): Promise<void> {
  await makeCluster(program, { folder, password: TEST_PASSWORD, flags: ["--no-sync"] });
  const postmaster = await startTestPostmaster(program, { folder, end: "keep", settings: { fsync: "off" } });
  await makeApplicationDatabase(postmaster.port, TEST_PASSWORD);
  const database = openDatabase(clusterUrl(postmaster.port, TEST_PASSWORD));
  await migrate(database);
  await database.close();
  await postmaster.stop();
}

/**
 * Copies a migrated cluster, at rest, to `folder`, which must not exist: a tenth of the time of making one. It is made by whoever comes first; of two
 * that make it at once the second finds it there.
 */
export async function copyTemplate(program: PostgresProgram, folder: string): Promise<void> {
  const template = join(CACHE, await keyOf(program));
  if (!existsSync(template)) {
    await mkdir(CACHE, { recursive: true });
    const making = join(CACHE, `making-${randomBytes(6).toString("hex")}`);
    await make(program, making);
    await rename(making, template).catch(() => removeFolder(making));
  }
  // With owners and modes: PostgreSQL starts on nothing else.
  await promisify(execFile)("cp", ["-a", template, folder]);
}
