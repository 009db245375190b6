import { appendFile, mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { ChainRoot } from "./verify-audit.ts";

// Where the chain stood at the end of each day, kept outside the database: who changes the whole chain in there has to change this too.

/** A line a day: the time, the position, the hash. */
const fileOf = (dataDir: string): string => join(dataDir, "audit", "roots.txt");
const LINE = /^(\d{4}-\d\d-\d\d)T\S+ (\d+) ([0-9a-f]{64})$/;

async function lastLine(dataDir: string): Promise<RegExpExecArray | null> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => "");
  return LINE.exec(text.trimEnd().split("\n").at(-1) ?? "");
}

/** The last one that was kept; null: none yet. */
export async function newestRoot(dataDir: string): Promise<ChainRoot | null> {
  const [, , position, hash] = (await lastLine(dataDir)) ?? [];
  return position !== undefined && hash !== undefined ? { position, hash } : null;
}

/** Keeps where the chain stands, once a day and in the log, so that it leaves the machine where logs do. Does nothing where nothing was added. */
export async function keepRoot({ database: { sql }, clock, log }: { database: Pick<Database, "sql">; clock: Clock; log: Log }, dataDir: string): Promise<void> {
  const now = new Date(clock.now()).toISOString();
  const [, day, last] = (await lastLine(dataDir)) ?? [];
  const [head] = await sql<{ position: string; hash: Buffer }[]>`select position::text as position, hash from audit_link as link order by link.position desc limit 1`;
  if (!head || now.startsWith(day ?? "-") || last === head.position) return;
  const hash = head.hash.toString("hex");
  await mkdir(join(dataDir, "audit"), { recursive: true, mode: 0o700 });
  await appendFile(fileOf(dataDir), `${now} ${head.position} ${hash}\n`, { mode: 0o600, flush: true });
  log.info("audit.root", { position: head.position, hash });
}

/** After a restore the chain goes on from where the backup stood: what it had reached before is kept beside, for whoever compares. */
export const putRootsAside = (dataDir: string, name: string): Promise<void> =>
  rename(fileOf(dataDir), join(dataDir, "audit", `roots.${name}.txt`)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
