import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { fromCommandLine, writeAudit } from "../audit/audit.ts";
import type { Database, Sql } from "../db/database.ts";
import { bytesOf, type Manifest, rowsOf } from "./manifest.ts";

/** So that administrators see how old the last one is, and who looks into the log that the whole school was copied. */
export const recordBackup = (database: Database, { clock }: { clock: Clock }, { path, manifest }: { path: string; manifest: Manifest }): Promise<void> =>
  database.transaction(async (transaction) => {
    await writeAudit(transaction, { clock }, { by: fromCommandLine, action: "school.backup", object: { kind: "school", id: "" }, details: { at: manifest.at } });
    await transaction`insert into backup_run (at, ended_at, bytes, rows, place) values (${manifest.at}, ${new Date(clock.now())}, ${bytesOf(manifest)}, ${rowsOf(manifest)}, ${path})`;
  });

export interface LastBackup {
  readonly at: Date;
  readonly bytes: number;
}

/** Null: none was ever made. */
export async function lastBackup(sql: Sql): Promise<LastBackup | null> {
  const [row] = await sql<{ at: Date; bytes: string }[]>`select at, bytes::text as bytes from backup_run order by at desc limit 1`;
  return row ? { at: row.at, bytes: Number(row.bytes) } : null;
}
