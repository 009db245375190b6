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

/** Returns the ids that were made. One that is missing was made by somebody else meanwhile: look again. */
export async function insertDocuments(transaction: Transaction, definition: CollectionDefinition, writes: readonly StoreWrite[]): Promise<Set<string>> {
  if (writes.length === 0) return new Set();
  const columns = columnsOf(writes);
  const rows = await transaction<{ id: string }[]>`
    insert into ${transaction(tableOf(definition))} (id, rev, course_id, owner_id, body)
    select id, rev, course_id, owner_id, body::jsonb
    from unnest(${columns.ids}::uuid[], ${columns.revs}::uuid[], ${columns.courses}::uuid[], ${columns.owners}::uuid[], ${columns.bodies}::text[])
      as made (id, rev, course_id, owner_id, body)
    order by id
    on conflict (id) do nothing returning id`;
  return new Set(rows.map(({ id }) => id));
}

/** The rows are locked by the caller. A deletion keeps course and owner, and drops the body. */
export async function updateDocuments(transaction: Transaction, definition: CollectionDefinition, writes: readonly StoreWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const columns = columnsOf(writes);
  await transaction`
    update ${transaction(tableOf(definition))} as current
    set rev = next.rev, body = next.body::jsonb, deleted = next.deleted, updated_at = now(),
      course_id = case when next.deleted then current.course_id else next.course_id end,
      owner_id = case when next.deleted then current.owner_id else next.owner_id end
    from unnest(${columns.ids}::uuid[], ${columns.revs}::uuid[], ${columns.courses}::uuid[], ${columns.owners}::uuid[], ${columns.bodies}::text[],
      ${columns.deleted}::text[]::boolean[]) as next (id, rev, course_id, owner_id, body, deleted)
    where current.id = next.id`;
}

/** Copies what is about to be replaced, without reading it. */
export async function keepHistory(
  transaction: Transaction,
  { definition, ids, userId }: { definition: CollectionDefinition; ids: readonly string[]; userId: string | null },
): Promise<void> {
  if (ids.length === 0 || definition.history === "none") return;
  await transaction`
    insert into doc_history (coll, document, rev, replaced_by, body)
    select ${definition.number}::smallint, id, rev, ${userId}::uuid, body from ${transaction(tableOf(definition))}
    where id = any(${ids as string[]}::uuid[]) and not deleted`;
}
