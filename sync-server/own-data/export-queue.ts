import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { DataExportState } from "@mochila/shared/users/own-data.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a copy can be fetched (SECURITY.md C.7). */
export const EXPORT_LIVES_MS = 24 * HOUR_MS;
/** A request that nobody fulfilled until then may be made again. */
const REQUEST_LIVES_MS = 24 * HOUR_MS;
/** Longer than one portion takes; who prepares a copy says after each that it still does. */
const LEASE_MS = 2 * MINUTE_MS;
const RETRY_MS = 30_000;
export const TRIES_MAX = 5;
/** Any constant: copies are prepared one after the other, whichever instance does it. */
const LOCK = 7_203_420;

/** A copy in preparation. `tries` counts this one. */
export interface TakenExport {
  readonly id: string;
  readonly personId: string;
  readonly tries: number;
}

/** Asks for a copy; one that was ready or under way is replaced. */
export async function askForExport(transaction: Transaction, { clock, random }: { clock: Clock; random: Random }, personId: string): Promise<void> {
  const now = clock.now();
  await transaction`delete from data_export where person_id = ${personId}`;
  await transaction`
    insert into data_export (id, person_id, asked_at, next_try_at, expires_at)
    values (${newId({ clock, random })}, ${personId}, ${new Date(now)}, ${new Date(now)}, ${new Date(now + REQUEST_LIVES_MS)})`;
}

interface Row {
  readonly id: string;
  readonly asked_at: Date;
  readonly ready_at: Date | null;
  readonly expires_at: Date;
  readonly bytes: string | null;
  readonly problem: string | null;
  readonly tries: number;
}

export async function exportOf(sql: Sql, personId: string, now: number): Promise<DataExportState["export"]> {
  const [row] = await sql<Row[]>`select * from data_export where person_id = ${personId} and expires_at > ${new Date(now)}`;
  if (!row) return null;
  const state = row.ready_at !== null ? "ready" : row.tries >= TRIES_MAX && row.problem !== null ? "failed" : "waiting";
  return { state, askedAt: row.asked_at.getTime(), expiresAt: row.expires_at.getTime(), bytes: row.bytes === null ? null : Number(row.bytes) };
}

/** Takes the request that has waited longest, unless one is under way. What an earlier try left of it is thrown away. */
export function takeExport(database: Database, now: number): Promise<TakenExport | null> {
  return database.transaction(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    const at = new Date(now);
    const [taken] = await transaction<{ id: string; person_id: string; tries: number }[]>`
      update data_export set tries = tries + 1, taken_until = ${new Date(now + LEASE_MS)}, next_try_at = ${new Date(now + LEASE_MS)}
      where id = (
        select id from data_export where ready_at is null and next_try_at <= ${at} and expires_at > ${at} and tries < ${TRIES_MAX} order by asked_at limit 1)
        and not exists (select 1 from data_export where ready_at is null and taken_until > ${at})
      returning id, person_id, tries`;
    if (!taken) return null;
    await transaction`delete from data_export_part where export_id = ${taken.id}`;
    return { id: taken.id, personId: taken.person_id, tries: taken.tries };
  });
}

/** A part, and the word that somebody is at it. Rejects when the request was taken back or another try has begun. */
export async function storePart(database: Database, { id, tries }: TakenExport, { number, bytes, now }: { number: number; bytes: Uint8Array; now: number }): Promise<void> {
  await database.transaction(async (transaction) => {
    const until = new Date(now + LEASE_MS);
    const held = await transaction`update data_export set taken_until = ${until}, next_try_at = ${until} where id = ${id} and tries = ${tries} and ready_at is null returning 1`;
    if (held.length === 0) throw new ExportGone();
    await transaction`insert into data_export_part (export_id, number, bytes) values (${id}, ${number}, ${Buffer.from(bytes)})`;
  });
}

/** Nobody waits for this copy any more, or somebody else makes it. */
export class ExportGone extends Error {
  override name = "ExportGone";
}

/** Whether it was still waited for. */
export async function noteReady(transaction: Transaction, { id, tries }: TakenExport, { bytes, now }: { bytes: number; now: number }): Promise<boolean> {
  const noted = await transaction`
    update data_export set ready_at = ${new Date(now)}, expires_at = ${new Date(now + EXPORT_LIVES_MS)}, bytes = ${bytes}, taken_until = null, problem = null
    where id = ${id} and tries = ${tries} and ready_at is null returning 1`;
  return noted.length > 0;
}

/** `problem`: a class of error, never a sentence that may hold somebody's data. */
export async function noteExportFailed(sql: Sql, { id, tries }: TakenExport, { problem, now }: { problem: string; now: number }): Promise<void> {
  await sql`update data_export set problem = ${problem}, taken_until = null, next_try_at = ${new Date(now + RETRY_MS * tries)} where id = ${id} and tries = ${tries} and ready_at is null`;
  await sql`delete from data_export_part where export_id = ${id} and exists (select 1 from data_export where id = ${id} and ready_at is null and taken_until is null)`;
}

/** When the next request is due and nobody is at another, milliseconds since 1970; Infinity: none waits. */
export async function nextExportDue(sql: Sql): Promise<number> {
  const [row] = await sql<{ at: Date | null }[]>`select greatest(min(next_try_at) filter (where tries < ${TRIES_MAX}), max(taken_until)) as at from data_export where ready_at is null having count(*) filter (where tries < ${TRIES_MAX}) > 0`;
  return row?.at?.getTime() ?? Infinity;
}

export const sweepExports = (sql: Sql, now: number) => sql`delete from data_export where expires_at <= ${new Date(now)}`;

/** The parts of a ready copy, one at a time, so that a slow line holds one of them in memory. */
export async function* readParts(sql: Sql, exportId: string): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number += 1) {
    const [row] = await sql<{ bytes: Uint8Array }[]>`select bytes from data_export_part where export_id = ${exportId} and number = ${number}`;
    if (!row) return;
    yield row.bytes;
  }
}
