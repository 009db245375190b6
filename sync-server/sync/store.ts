import { assert } from "@mochila/shared/kernel/assert.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Sql, Transaction } from "../db/database.ts";

/** A document as its table holds it. `deleted`: only its id is left, so that nobody makes it again. */
export interface Stored {
  readonly document: SyncedDocument;
  readonly deleted: boolean;
}

interface Row {
  readonly id: string;
  readonly rev: string;
  readonly body: Record<string, unknown>;
  readonly deleted: boolean;
}

/** A document as it shall stand; null: deleted. */
export interface StoreWrite {
  readonly id: string;
  readonly rev: string;
  readonly document: SyncedDocument | null;
}

/** Only names of the registry reach SQL; a name from a request is looked up there first. */
export function tableOf({ name }: CollectionDefinition): string {
  assert(/^[a-z]{1,40}$/.test(name), "a collection's name is lower-case letters");
  return `doc_${name}`;
}

const toStored = ({ id, rev, body, deleted }: Row): Stored => ({ document: { id, ...body, rev }, deleted });

/** The current versions, locked in the order of ids: two pushes of the same documents wait for each other instead of failing. */
export async function lockDocuments(transaction: Transaction, definition: CollectionDefinition, ids: readonly string[]): Promise<Map<string, Stored>> {
  if (ids.length === 0) return new Map();
  const rows = await transaction<Row[]>`
    select id, rev, body, deleted from ${transaction(tableOf(definition))}
    where id = any(${ids as string[]}::uuid[]) order by id for update`;
  return new Map(rows.map((row) => [row.id, toStored(row)]));
}

export async function readStored(sql: Sql, definition: CollectionDefinition, ids: readonly string[]): Promise<Map<string, SyncedDocument>> {
  const rows = await sql<Row[]>`
    select id, rev, body, deleted from ${sql(tableOf(definition))} where id = any(${ids as string[]}::uuid[]) and not deleted`;
  return new Map(rows.map((row) => [row.id, toStored(row).document]));
}

const uuidOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

function columnsOf(writes: readonly StoreWrite[]) {
  const bodies = writes.map(({ document }) => {
    const { id: _id, rev: _rev, ...body } = document ?? { id: "", rev: "" };
    return JSON.stringify(body);
  });
  return {
    ids: writes.map(({ id }) => id),
    revs: writes.map(({ rev }) => rev),
    courses: writes.map(({ document }) => uuidOrNull(document?.["courseId"])),
    owners: writes.map(({ document }) => uuidOrNull(document?.["userId"])),
    bodies,
    // As text: the driver takes an array of booleans for one boolean.
    deleted: writes.map(({ document }) => String(document === null)),
  };
}

interface Writing {
  /** Who replaces; null: the server. */
  readonly userId: string | null;
  readonly writes: readonly StoreWrite[];
  /** Under which revision each was sent, in the order of `writes`, so that a repetition is recognized; null: nobody repeats. */
  readonly sentRevs: readonly string[] | null;
  /** What `lockDocuments` found: the others are made. */
  readonly current: ReadonlyMap<string, Stored>;
}

/**
 * Writes documents, what they replace into the history, and the revisions that devices sent, in one statement. The existing rows are locked by
 * the caller. A deletion keeps course and owner, and drops the body. Returns the ids that stand as written; one that is missing was made by
 * somebody else meanwhile: look again.
 */
export async function writeStored(transaction: Transaction, definition: CollectionDefinition, { userId, writes, sentRevs, current }: Writing): Promise<Set<string>> {
  if (writes.length === 0) return new Set();
  const columns = columnsOf(writes);
  const table = transaction(tableOf(definition));
  const rows = await transaction<{ id: string }[]>`
    with next as materialized (
      select * from unnest(${columns.ids}::uuid[], ${columns.revs}::uuid[], ${columns.courses}::uuid[], ${columns.owners}::uuid[], ${columns.bodies}::text[],
        ${columns.deleted}::text[]::boolean[], ${writes.map(({ id }) => String(!current.has(id)))}::text[]::boolean[], ${[...(sentRevs ?? [])]}::uuid[])
        as next (id, rev, course_id, owner_id, body, deleted, fresh, sent_rev)),
    kept as (
      insert into doc_history (coll, document, rev, replaced_by, body)
      select ${definition.number}::smallint, id, old.rev, ${userId}::uuid, old.body from ${table} as old join next using (id)
      where not next.fresh and not old.deleted and ${definition.history !== "none"}),
    replaced as (
      update ${table} as old
      set rev = next.rev, body = next.body::jsonb, deleted = next.deleted, updated_at = now(),
        course_id = case when next.deleted then old.course_id else next.course_id end,
        owner_id = case when next.deleted then old.owner_id else next.owner_id end
      from next where old.id = next.id and not next.fresh returning old.id),
    made as (
      insert into ${table} (id, rev, course_id, owner_id, body)
      select id, rev, course_id, owner_id, body::jsonb from next where fresh order by id
      on conflict (id) do nothing returning id),
    written as (select id from replaced union all select id from made),
    applied as (
      insert into applied_rev (document, rev, user_id)
      select id, next.sent_rev, ${userId}::uuid from next join written using (id) where next.sent_rev is not null
      on conflict do nothing)
    select id from written`;
  return new Set(rows.map(({ id }) => id));
}
