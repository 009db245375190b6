import { resolve } from "node:path";
import type { Sql } from "../db/database.ts";
import { type KeptBackup, newerBackups } from "./backup-folder.ts";
import type { Manifest } from "./manifest.ts";
import { isWhole, partLines } from "./part-file.ts";

export interface Closed {
  readonly id: string;
  readonly closedAt: Date;
}

/** Who was closed, as the school that is replaced and the backups that were made since say it. `unread`: the newer ones whose list cannot be read. */
export async function closedSince(sql: Sql, { path, manifest }: KeptBackup): Promise<{ closed: readonly Closed[]; unread: readonly string[] }> {
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('closed_person') is not null as there`;
  const closed: Closed[] = table?.there ? [...(await sql<Closed[]>`select id, closed_at as "closedAt" from closed_person`)] : [];
  const { kept, unreadable } = await newerBackups(resolve(path, ".."), manifest);
  const unread = [...unreadable];
  for (const newer of kept) {
    const listed = newer.manifest.tables.find(({ name }) => name === "closed_person");
    // A version of before: nobody could be closed.
    if (!listed) continue;
    const list = await readList(newer.path, listed);
    if (list) closed.push(...list);
    else unread.push(newer.path);
  }
  return { closed, unread };
}

/** Null: it is not what was written, or of a version that writes it in another way. */
async function readList(path: string, { columns, part }: Manifest["tables"][number]): Promise<Closed[] | null> {
  if (columns.join() !== "id,closed_at" || !(await isWhole(path, part))) return null;
  const list: Closed[] = [];
  for await (const line of partLines(path, part)) {
    const [id = "", at = ""] = line.split("\t");
    list.push({ id, closedAt: new Date(at) });
  }
  return list;
}
