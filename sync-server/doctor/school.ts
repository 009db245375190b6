import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { countWaiting } from "../activity/sealed-batches.ts";
import { newestRoot } from "../audit/audit-roots.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import { lastBackup } from "../backup/backup-record.ts";
import type { Database, Sql } from "../db/database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { fault, fine, type Finding, notice } from "./finding.ts";

const HOUR_MS = 3_600_000;
const BACKUP_AGE_MS_MAX = 48 * HOUR_MS;
const EVENTS_NOTICE = 100_000;
const NAMED_MAX = 5;
const PORTION = 500;

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly blobs: FolderBlobStore;
  readonly dataDir: string;
}

export async function checkSchool({ database, clock, blobs, dataDir }: Parts): Promise<Finding[]> {
  const { sql } = database;
  return [await checkAdministrators(sql), await checkKeys(sql, clock), ...(await checkQueues(sql, clock)), await checkAudit(database, clock, dataDir), await checkBackups(sql, clock), await checkBlobs(sql, blobs)];
}

async function checkAdministrators(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ people: number; administrators: number }[]>`
    select count(*)::int as people, count(*) filter (where system_role = 'administrator' and state = 'active' and password_hash is not null)::int as administrators from person`;
  if ((row?.administrators ?? 0) > 0) return fine(`${row?.people} people, ${row?.administrators} of them administrators`);
  if ((row?.people ?? 0) === 0) return notice("Nobody is in this school yet.", "npm start prints the link that makes the first administrator; npm run mochila -- set-up-link prints a new one.");
  return fault("No administrator is left who could sign in.", "npm run mochila -- create-user <e-mail> --name … --role administrator");
}

async function checkKeys(sql: Sql, clock: Clock): Promise<Finding> {
  const [row] = await sql<{ newest: Date | null; ahead: number }[]>`select max(created_at) as newest, count(*) filter (where created_at > ${new Date(clock.now() + HOUR_MS)})::int as ahead from signing_key`;
  if ((row?.ahead ?? 0) > 0) return fault("A key that signs people in is dated in the future.", "Set the clock of this machine right (NTP).");
  return row?.newest ? fine("The keys that sign people in are there") : notice("No key signs people in yet.", "Nothing to do: the first sign-in makes one.");
}

async function checkQueues(sql: Sql, clock: Clock): Promise<Finding[]> {
  const [row] = await sql<{ letters: number; failed: number; wishes: number }[]>`
    select (select count(*)::int from mail where state = 'waiting' and created_at < ${new Date(clock.now() - HOUR_MS)}) as letters,
      (select count(*)::int from mail where state in ('refused', 'given-up')) as failed, (select count(*)::int from publish_wish where at < ${new Date(clock.now() - 24 * HOUR_MS)}) as wishes`;
  const { letters = 0, failed = 0, wishes = 0 } = row ?? {};
  const findings: Finding[] = [];
  if (letters > 0) findings.push(fault(`${letters} letters have waited for more than an hour.`, "Look at SMTP_URL: the check of the mail server below says what it answers. They are sent by themselves when it does."));
  if (failed > 0) findings.push(notice(`${failed} letters did not reach anybody.`, "The people's e-mails may be wrong: People of the school shows them."));
  if (wishes > 0) findings.push(notice(`${wishes} pages have waited for more than a day to be published.`, "Their author's device has not sent the text yet: ask them to open the app while online."));
  const events = await countWaiting(sql);
  if (events > EVENTS_NOTICE) findings.push(notice(`${events} events wait to be counted.`, "Reports are behind: look whether the engine of reports runs (System in the app, or CLICKHOUSE_URL)."));
  if (findings.length === 0) findings.push(fine("No letter, page or event waits longer than it should"));
  return findings;
}

async function checkAudit(database: Database, clock: Clock, dataDir: string): Promise<Finding> {
  const { links, broken } = await verifyAudit(database, { now: clock.now(), root: await newestRoot(dataDir) });
  if (broken === null) return fine(`The audit log is whole (${links} entries)`);
  if (broken.why === "never-chained") return notice("An entry of the audit log waits for its place in the chain.", "Start the server: it chains what waits. If it says so again while the server runs, look into its log for audit.seal_failed.");
  return fault(`The audit log was changed at entry ${broken.position}, or does not go on from where it stood once.`, "After a restore this is so once, until the next day's root. Else somebody changed the database: keep a copy of it, and compare with the roots in DATA_DIR/audit and with a backup.");
}

async function checkBackups(sql: Sql, clock: Clock): Promise<Finding> {
  const last = await lastBackup(sql);
  const how = "npm run mochila -- backup --to <folder on another disk>, each night by cron: infra/runbooks/backup.md";
  if (!last) return fault("There is no backup of this school.", how);
  const age = clock.now() - last.at.getTime();
  const says = `The last backup is of ${last.at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return age > BACKUP_AGE_MS_MAX ? fault(`${says}, ${Math.floor(age / (24 * HOUR_MS))} days ago.`, how) : fine(says);
}

async function checkBlobs(sql: Sql, blobs: FolderBlobStore): Promise<Finding> {
  const lost: string[] = [];
  let files = 0;
  const needed = sql<{ hash: Buffer; name: string }[]>`
    select hash, coalesce(min(name), 'a picture of a person') as name from (select hash, name from file_ref union all select picture_hash, null from person where picture_hash is not null) as needed group by hash`;
  for await (const portion of needed.cursor(PORTION)) {
    for (const { hash, name } of portion) {
      files += 1;
      if (!(await blobs.has(hash))) lost.push(name);
    }
  }
  if (lost.length === 0) return fine(`${files} files are where they belong`);
  return fault(`${lost.length} of ${files} files are missing (${lost.slice(0, NAMED_MAX).join(", ")}${lost.length > NAMED_MAX ? " …" : ""}).`, "Copy the folder blobs back from where it was, or restore a backup into a new folder and copy its blobs folder over this one: a file is never replaced by another.");
}
