// What of a room is in Postgres, and the statements that read and write it.
import * as Y from "yjs";
import type { Sql } from "../db/database.ts";
import { makeExactDocument } from "./exact-document.mjs";

/**
 * Rows of a room in one view of the database. The updates in the order in which they were logged: merging takes them in any order, but an
 * update that comes before what it builds on is set aside and tried again with each of the following, which costs a hundred times as much.
 */
export interface StoredRoom {
  /** Snapshot first, if there is one; then the updates that are in no snapshot. */
  readonly state: Uint8Array | null;
  /** Of the snapshot; "0": none. */
  readonly gen: string;
  readonly updates: readonly { readonly id: string; readonly upd: Uint8Array }[];
  /** Every transaction below it is in this view; read on from here. */
  readonly horizon: string;
}

export interface NewUpdate {
  readonly room: string;
  readonly actor: string | null;
  readonly upd: Uint8Array;
}

interface Row {
  readonly gen: string;
  readonly state: Uint8Array | null;
  readonly horizon: string;
  readonly ids: string | null;
  readonly log: Buffer | null;
}

const LENGTH_BYTES = 4;

/** A log as one value: each update after its length in four bytes. A row of the answer for each would cost more than the updates in them. */
function toUpdates({ ids, log }: Row): StoredRoom["updates"] {
  if (ids === null || log === null) return [];
  let at = 0;
  return ids.split(",").map((id) => {
    const start = at + LENGTH_BYTES;
    at = start + log.readUInt32BE(at);
    return { id, upd: log.subarray(start, at) };
  });
}

const toStored = (row: Row | undefined): StoredRoom => ({
  state: row?.state ?? null,
  gen: row?.gen ?? "0",
  updates: row ? toUpdates(row) : [],
  horizon: row?.horizon ?? "0",
});

/**
 * The whole room in ONE statement: between two, a compaction would move updates into a snapshot that was read before, and they
 * would be in neither.
 */
export async function readRoom(sql: Sql, room: string): Promise<StoredRoom> {
  const [row] = await sql<Row[]>`
    SELECT coalesce(s.gen, 0)::text AS gen, s.state, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, u.ids, u.log
    FROM (SELECT string_agg(id::text, ',' ORDER BY id) AS ids, string_agg(int4send(octet_length(upd)) || upd, '' ORDER BY id) AS log
      FROM ydoc_update WHERE room = ${room}) AS u
    LEFT JOIN ydoc_snapshot s ON s.room = ${room}`;
  return toStored(row);
}

/**
 * What other processes wrote since `from`: rows by transaction horizon, never by id, because a later id may be committed first. If the
 * snapshot is of another generation it is given too: it may hold rows that this process never saw.
 */
export async function readRoomSince(sql: Sql, room: string, from: { horizon: string; gen: string; instance: string }): Promise<StoredRoom> {
  const [row] = await sql<Row[]>`
    SELECT coalesce(s.gen, 0)::text AS gen, CASE WHEN s.gen <> ${from.gen}::bigint THEN s.state END AS state,
      pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, u.ids, u.log
    FROM (SELECT string_agg(id::text, ',' ORDER BY id) AS ids, string_agg(int4send(octet_length(upd)) || upd, '' ORDER BY id) AS log
      FROM ydoc_update WHERE room = ${room} AND xid >= ${from.horizon}::xid8 AND instance <> ${from.instance}) AS u
    LEFT JOIN ydoc_snapshot s ON s.room = ${room}`;
  return toStored(row);
}

/**
 * Appends updates of any rooms in one statement, whose text does not depend on how many there are: it is prepared once. They are durable
 * when the statement, or the transaction it stands in, is. Columns go as lists with commas, which neither rooms nor ids nor base64 have: the
 * driver writes an array element by element.
 */
export async function appendUpdates(sql: Sql, instance: string, updates: readonly NewUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const base64 = updates.map(({ upd }) => Buffer.from(upd.buffer, upd.byteOffset, upd.byteLength).toString("base64"));
  await sql`
    INSERT INTO ydoc_update (room, actor, instance, upd)
    SELECT room, nullif(actor, '')::uuid, ${instance}::uuid, decode(upd, 'base64')
    FROM unnest(string_to_array(${updates.map(({ room }) => room).join()}, ','), string_to_array(${updates.map(({ actor }) => actor ?? "").join()}, ','), string_to_array(${base64.join()}, ','))
      WITH ORDINALITY AS one(room, actor, upd, place) ORDER BY place`;
}

/** A document of a stored room. The caller destroys it. */
export function toDocument(stored: StoredRoom): Y.Doc {
  const doc = makeExactDocument();
  doc.transact(() => {
    if (stored.state) Y.applyUpdate(doc, stored.state);
    for (const { upd } of stored.updates) Y.applyUpdate(doc, upd);
  });
  return doc;
}

const HINT_PREFIX = "room:";
const HINT_PATTERN = /^room:([0-9a-f-]{36}):(.+)$/;

/** Asked of every hint of a school, so without taking it apart. */
export const isRoomHint = (hint: string): boolean => hint.startsWith(HINT_PREFIX);

/** The hint that says: this process (`instance`) wrote rows of this room. It is carried like a scope that nobody holds. */
export const roomHint = (instance: string, room: string): string => `${HINT_PREFIX}${instance}:${room}`;

export function readRoomHint(hint: string): { instance: string; room: string } | null {
  const [, instance, room] = HINT_PATTERN.exec(hint) ?? [];
  return instance && room ? { instance, room } : null;
}
