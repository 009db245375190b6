import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { copyTemplate } from "../test-templates.ts";
import { clusterUrl, makeApplicationDatabase, makeCluster } from "./cluster.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./pool.ts";
import type { PostgresProgram } from "./postgres-program.ts";
import { startTestPostmaster } from "./test-postmaster.ts";

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

/** Copies a migrated cluster, at rest, to `folder`, which must not exist: a tenth of the time of making one. */
export const copyMigratedCluster = async (program: PostgresProgram, folder: string): Promise<void> =>
  copyTemplate({ kind: "mochila-test-clusters", key: await keyOf(program), make: (making) => make(program, making) }, folder);
