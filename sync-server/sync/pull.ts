import { CodedError } from "@mochila/shared/errors.ts";
import { PULL_BYTES_MAX, PULL_DOCUMENTS_MAX } from "@mochila/shared/limits.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { PullRequest } from "@mochila/shared/sync/pull-request.ts";
import type { Database, Sql } from "../db/database.ts";
import { requireTaken } from "./applied-revisions.ts";
import { beginWalk, nextSteps, type Step } from "./change-feed.ts";
import { encodePosition, type Position, START, type Walk } from "./checkpoint.ts";
import type { Eras } from "./eras.ts";
import { readStanding, type Standing } from "./horizon.ts";
import type { Log } from "../log.ts";
import { readHeld } from "./held.ts";
import { documentText, type PulledPage, type PulledPages, removalText } from "./pulled-pages.ts";
import { tableOf } from "./store.ts";

export type Pull = (userId: string, request: PullRequest) => Promise<PulledPages>;

export interface PullDependencies {
  readonly registry: readonly CollectionDefinition[];
  readonly database: Database;
  readonly eras: Eras;
  readonly log: Log;
}

/** A collection on its way to a page: where the device is, and the steps that were found. */
interface Page {
  readonly definition: CollectionDefinition;
  readonly limit: number;
  position: Position;
  readonly steps: (Step & { readonly position: Position & { readonly walk: Walk } })[];
}

/**
 * Answers what a person's device does not have yet, all collections of a request as of one moment. Reads only, takes no
 * transaction number and so never holds back anybody's feed.
 *
 * Two ways to one moment. Without a transaction, which costs two more ways to the database than the two or three that a pull has: the moment is
 * that of the first statement, whose horizon ends the walk, and a document counts only if its entry in the feed is still the one that
 * the walk found, so that nothing of it was written since. If one has moved, or what a device holds is to be told, the same statements run in one
 * snapshot.
 *
 * Throws `invalid_input` for a collection that does not exist,
 * `session_ended` for a person who is not active, `epoch_changed` for a checkpoint of another history,
 * `client_too_old` for a device that cannot read the documents of today (W5).
 */
export function createPull({ registry, database, eras, log }: PullDependencies): Pull {
  return async (userId, { pulls, check, taken, gaps = [] }) => {
    // Which collections, and nobody's name: whether it happens, and where, is what has to be known.
    const named = registry.filter(({ name }) => gaps.includes(name)).map(({ name }) => name);
    if (named.length > 0) log.warn("sync_gap", { collections: named });
    const asked = pulls.map((pull) => {
      const definition = registry.find(({ name }) => name === pull.collection);
      if (!definition) throw new CodedError("invalid_input", "There is no collection of this name.");
      if ((pull.version ?? 1) < (definition.readableSince ?? 1)) throw new CodedError("client_too_old", "This version of the app cannot read what is here now. Update it; what you wrote is taken.");
      return { ...pull, definition, limit: Math.min(pull.limit ?? PULL_DOCUMENTS_MAX, PULL_DOCUMENTS_MAX) };
    });
    const read = async (sql: Sql): Promise<PulledPage[]> => {
      const standing = await readStanding(sql, userId);
      const positions = await eras.read(sql, { ...standing, userId }, asked.map(({ checkpoint }) => checkpoint));
      await requireTaken(sql, taken);
      const pages = asked.map(({ definition, limit }, index): Page => ({ definition, limit, position: positions[index] ?? START, steps: [] }));
      await walk(sql, pages, standing);
      const results = await answer(sql, pages, standing);
      return check ? withHeld(sql, { pages, standing, results }) : results;
    };
    const inSnapshot = () => database.sql.begin("isolation level repeatable read read only", read);
    const results = await (check ? inSnapshot() : read(database.sql).catch((error: unknown) => (error instanceof Moved ? inSnapshot() : Promise.reject(error))));
    return { results };
  };
}

/** A document was written, or left a scope, since the walk found it. */
class Moved extends Error {
  override name = "Moved";
}

/**
 * Looks for one step more than fits, so that `more` is exact. The second round is for walks that ended below today's horizon: what
 * came since belongs on the same page.
 */
async function walk(sql: Sql, pages: readonly Page[], standing: Standing): Promise<void> {
  for (let round = 1; round <= 2; round += 1) {
    const open = pages.filter((page) => page.steps.length <= page.limit && !isDone(page.position, standing));
    if (open.length === 0) return;
    const requests = open.map(({ definition, position, limit, steps }) => {
      const grants = position.walk === null ? standing.grants : position.grants;
      const from = { drained: position.drained, grants, walk: position.walk ?? beginWalk(position, standing) };
      return { collection: definition.number, position: from, limit: limit + 1 - steps.length };
    });
    const found = await nextSteps(sql, requests, standing);
    for (const [index, page] of open.entries()) {
      const { position } = requests[index] ?? raise();
      page.steps.push(...(found[index] ?? []).map((step) => ({ ...step, position })));
      page.position = { drained: position.walk.target, grants: position.grants, walk: null };
    }
  }
}

const isDone = ({ drained, grants, walk: current }: Position, { horizon, grants: now }: Standing): boolean =>
  current === null && drained === horizon && grants === now;

function raise(): never {
  throw new Error("every open page has a request, and every document to put a place");
}

/** The bytes of a page are shared by the collections in the order of the request; each with news gets one document at least. */
async function answer(sql: Sql, pages: readonly Page[], standing: Standing): Promise<PulledPage[]> {
  const results: PulledPage[] = [];
  let bytesLeft = PULL_BYTES_MAX;
  for (const page of pages) {
    const collection = page.definition.name;
    if (page.steps.length === 0) {
      results.push({ collection });
      continue;
    }
    const steps = page.steps.slice(0, page.limit);
    const loaded = await loadDocuments(sql, page.definition, { steps, bytesLeft });
    bytesLeft -= loaded.bytes;
    const last = page.steps[loaded.taken - 1] ?? raise();
    const more = loaded.taken < page.steps.length;
    const position: Position = more ? { ...last.position, walk: { ...last.position.walk, place: last.place } } : page.position;
    results.push({ collection, documents: loaded.documents, checkpoint: encodePosition(standing.owner, position), more });
  }
  return results;
}

/** Says of the collections without news what the device should hold. */
async function withHeld(sql: Sql, { pages, standing, results }: { pages: readonly Page[]; standing: Standing; results: readonly PulledPage[] }): Promise<PulledPage[]> {
  const told: PulledPage[] = [];
  for (const [index, result] of results.entries()) {
    const page = pages[index];
    const held = page && page.steps.length === 0 ? await readHeld(sql, page.definition, standing) : null;
    told.push(held ? { ...result, held } : result);
  }
  return told;
}

interface Loaded {
  readonly documents: readonly string[];
  /** How many steps these documents answer. */
  readonly taken: number;
  readonly bytes: number;
}

/** `body` null: there is no such document, though the feed says so. The device is told to remove it. */
interface SizedRow {
  readonly id: string;
  readonly rev: string | null;
  readonly body: string | null;
  readonly bytes: number;
  /** Its entry is no longer the one that the walk found. */
  readonly moved: boolean;
}

async function loadDocuments(
  sql: Sql,
  definition: CollectionDefinition,
  { steps, bytesLeft }: { steps: readonly Step[]; bytesLeft: number },
): Promise<Loaded> {
  const puts = [...new Map(steps.filter(({ op }) => op === "put").map((step) => [step.id, step])).values()];
  const rows = puts.length === 0 ? [] : await readWithin(sql, definition, { puts, bytesLeft });
  if (rows.some(({ moved }) => moved)) throw new Moved();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const unread = new Set(puts.slice(rows.length).map(({ id }) => id));
  const documents = new Map<string, string>();
  let taken = 0;
  for (const { id, op } of steps) {
    if (op === "put" && unread.has(id)) break;
    taken += 1;
    const row = op === "put" ? byId.get(id) : undefined;
    documents.set(id, row?.body ? documentText({ ...row, id, body: row.body }) : removalText(id));
  }
  return { documents: [...documents.values()], taken, bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The documents from the first on, as many as fit, one at least. A missing one is a row too, so that the count tells where it ended. */
async function readWithin(
  sql: Sql,
  definition: CollectionDefinition,
  { puts, bytesLeft }: { puts: readonly Step[]; bytesLeft: number },
): Promise<SizedRow[]> {
  const places = puts.map(({ id, place }) => (place.part === "given" ? { id, scope: String(place.scope), xid: String(place.xid), seq: String(place.seq) } : raise()));
  return sql<SizedRow[]>`
    with sized as (
      select asked.*, coalesce(stored.bytes, 0) as bytes, sum(coalesce(stored.bytes, 0)) over (order by asked.place) as total
      from unnest(${places.map(({ id }) => id)}::uuid[], ${places.map(({ scope }) => scope)}::bigint[], ${places.map(({ xid }) => xid)}::xid8[], ${places.map(({ seq }) => seq)}::bigint[])
        with ordinality as asked (id, scope, xid, seq, place)
      left join ${sql(tableOf(definition))} as stored on stored.id = asked.id)
    select sized.id, stored.rev, stored.body::text as body, sized.bytes::int, not exists (
      select from scope_doc as entry where entry.scope_id = sized.scope and entry.coll = ${definition.number} and entry.doc_id = sized.id
        and entry.xid = sized.xid and entry.seq = sized.seq) as moved
    from sized left join ${sql(tableOf(definition))} as stored on stored.id = sized.id and not stored.deleted
    where sized.place = 1 or sized.total <= ${bytesLeft}
    order by sized.place`;
}
