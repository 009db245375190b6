import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { HISTORY_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { HistoryAnswer, HistoryVersion } from "@mochila/shared/sync/history.ts";
import type { Sql } from "../db/database.ts";
import { tableOf } from "./store.ts";

/** A version without its author's name. `at`: ms since 1970. */
export interface StoredVersion {
  readonly rev: string;
  readonly at: number | null;
  readonly by: string | null;
  readonly fields: Record<string, unknown>;
}

/** For what the server wrote because somebody had asked for it: who that was, and when. A feature's own knowledge; in the order of `versions`. */
export type FindAuthors = (sql: Sql, collection: string, versions: readonly StoredVersion[]) => Promise<readonly ({ readonly by: string; readonly at: number } | null)[]>;

export interface HistoryDependencies {
  readonly registry: readonly CollectionDefinition[];
  readonly sql: Sql;
  readonly findAuthors?: FindAuthors | undefined;
}

export interface HistoryRequest {
  readonly actor: Actor;
  readonly collection: string;
  readonly id: string;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** The same for what does not exist, what keeps no history, and what is not this person's to see. */
const forbidden = () => new CodedError("forbidden", "There is no history here for you.");

/** Above every version that was replaced: the one that stands. */
const STANDING = "999999999999999999";

interface Row {
  readonly id: string;
  readonly rev: string;
  readonly at: Date | null;
  readonly by: string | null;
  readonly body: Record<string, unknown>;
  readonly more: boolean;
}

/**
 * The versions of one document, newest first: the one that stands, and those that were replaced. A replaced version's row says when and by
 * whom it was replaced, so what began a version is in the row of the one before it; who made a document is in the revisions that were
 * pushed. One statement, so that no write comes between its parts.
 */
export async function readHistory({ registry, sql, findAuthors }: HistoryDependencies, { actor, collection, id, before = STANDING, limit }: HistoryRequest): Promise<HistoryAnswer> {
  const definition = registry.find(({ name }) => name === collection);
  if (!definition?.mayReadHistory || definition.history === "none") throw forbidden();
  const table = sql(tableOf(definition));
  const [place] = await sql<{ courseId: string | null; userId: string | null; deleted: boolean }[]>`
    select course_id as "courseId", owner_id as "userId", deleted from ${table}
    where id = ${id}::uuid and exists (select 1 from person where id = ${actor.userId}::uuid and state = 'active')`;
  if (!place || !definition.mayReadHistory(actor, place)) throw forbidden();
  const rows = await sql<Row[]>`
    with version as (
      select ${STANDING}::bigint as id, rev, body, updated_at as stands_since from ${table} where id = ${id}::uuid and not deleted and ${before} = ${STANDING}
      union all
      (select id, rev, body, null from doc_history
       where document = ${id}::uuid and coll = ${definition.number} and id < ${before}::bigint order by id desc limit ${limit + 1})
      order by id desc limit ${limit + 1}
    ), sized as (
      select *, row_number() over newest as place, sum(octet_length(body::text)) over newest as bytes from version window newest as (order by id desc)
    ), page as (
      select * from sized where place <= ${limit} and (place <= 2 or bytes <= ${HISTORY_BYTES_MAX})
    )
    select page.id::text as id, page.rev, page.body,
      coalesce(page.stands_since, older.at, made.at) as at, coalesce(older.replaced_by, made.user_id) as by,
      (select count(*) from version) > (select count(*) from page) as more
    from page
    left join lateral (select at, replaced_by from doc_history
      where document = ${id}::uuid and coll = ${definition.number} and id < page.id order by id desc limit 1) as older on true
    left join applied_rev as made on older.at is null and made.document = ${id}::uuid and made.rev = page.rev
    order by page.id desc`;
  const stored = rows.map(({ rev, at, by, body }): StoredVersion => ({ rev, at: at?.getTime() ?? null, by, fields: body }));
  const authors = (await findAuthors?.(sql, collection, stored)) ?? [];
  const last = rows.at(-1);
  return {
    versions: await named(sql, stored.map((version, index) => ({ ...version, at: version.at ?? authors[index]?.at ?? null, by: version.by ?? authors[index]?.by ?? null }))),
    more: last?.more ? last.id : null,
    removed: place.deleted,
  };
}

async function named(sql: Sql, versions: readonly StoredVersion[]): Promise<HistoryVersion[]> {
  const ids = [...new Set(versions.flatMap(({ by }) => by ?? []))];
  const people = ids.length === 0 ? [] : await sql<{ id: string; name: string }[]>`select id, name from person where id = any(${ids}::uuid[])`;
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return versions.map((version) => ({ ...version, by: version.by === null ? null : { id: version.by, name: names.get(version.by) ?? "" } }));
}
