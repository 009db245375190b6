import { statfs } from "node:fs/promises";
import type { Health } from "@mochila/shared/admin/school.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { lastBackup } from "../backup/backup-record.ts";
import type { Database } from "../db/database.ts";

export interface HealthParts {
  readonly database: Pick<Database, "sql">;
  readonly clock: Clock;
  /** The disk that it lies on is looked at. */
  readonly dataDir: string;
  /** False: letters are files, and links go through hands. */
  readonly sendsLetters: boolean;
  reports(): Health["events"]["reports"];
  countWaitingEvents(): Promise<number>;
  feedHeldBackSeconds(): Promise<number>;
}

/** Puts the figures together, each as cheap as it can be had: this is looked at while something is wrong. */
export function createHealth({ database: { sql }, clock, dataDir, sendsLetters, reports, countWaitingEvents, feedHeldBackSeconds }: HealthParts): () => Promise<Health> {
  const started = clock.monotonic();
  return async () => {
    const [letters] = await sql<{ waiting: number; refused: number; given_up: number }[]>`
      select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'refused')::int as refused, count(*) filter (where state = 'given-up')::int as given_up from mail`;
    const [facts] = await sql<{ bytes: string; version: string; migration: string; unchained: number; files: string }[]>`
      select pg_database_size(current_database())::text as bytes, current_setting('server_version') as version, (select max(name) from migration) as migration,
        (select count(*)::int from audit_waiting) as unchained,
        (select coalesce(sum(bytes), 0)::text from (select max(bytes) as bytes from file_ref group by hash) as blob) as files`;
    const { bavail, blocks, bsize } = await statfs(dataDir);
    const backup = await lastBackup(sql);
    return {
      letters: { waiting: letters?.waiting ?? 0, refused: letters?.refused ?? 0, givenUp: letters?.given_up ?? 0, sends: sendsLetters },
      events: { waiting: await countWaitingEvents(), reports: reports() },
      feedHeldBackMs: Math.round((await feedHeldBackSeconds()) * 1_000),
      storage: { databaseBytes: Number(facts?.bytes ?? 0), filesBytes: Number(facts?.files ?? 0), freeBytes: bavail * bsize, sizeBytes: blocks * bsize },
      backup: backup && { at: backup.at.getTime(), bytes: backup.bytes },
      audit: { waiting: facts?.unchained ?? 0 },
      versions: { node: process.versions.node, postgres: facts?.version ?? "", migration: facts?.migration ?? "" },
      upMs: Math.round(clock.monotonic() - started),
    };
  };
}
