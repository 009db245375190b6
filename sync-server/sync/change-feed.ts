import type { Sql } from "../db/database.ts";
import { NO_DOCUMENT, type Place, type Position, type Walk } from "./checkpoint.ts";
import type { Grant, Standing } from "./horizon.ts";
import type { LatestChanges } from "./latest-changes.ts";

/** A walk of one collection, and how much of it is asked for. */
export interface Request {
  /** The collection's number in the feed. */
  readonly collection: number;
  readonly position: Position & { readonly walk: Walk };
  readonly limit: number;
}

/** An entry in the feed of a scope that the person holds. Numbers as PostgreSQL writes them: of 400 steps only the last becomes a place. */
export interface GivenStep {
  readonly id: string;
  readonly op: "put" | "remove";
  readonly scope: string;
  readonly xid: string;
  readonly seq: string;
  readonly walk: Walk;
}

/** A document of a scope that the person lost. */
interface LostStep {
  readonly id: string;
  readonly op: "remove";
  readonly scope: string;
  readonly xid: null;
}

/** One step of a walk: a document to put or to remove. */
export type Step = GivenStep | LostStep;

/** The place after it. */
export const placeAfter = (step: Step): Place =>
  step.xid === null
    ? { part: "lost", scope: BigInt(step.scope), document: step.id }
    : { part: "given", scope: BigInt(step.scope), xid: BigInt(step.xid), seq: BigInt(step.seq) };

/** The next walk from a position, up to the horizon of this snapshot. */
export function beginWalk({ grants }: Position, standing: Standing): Walk {
  const changed = grants !== standing.grants;
  const place: Place = changed ? { part: "lost", scope: 0n, document: NO_DOCUMENT } : { part: "given", scope: 0n, xid: 0n, seq: 0n };
  return { target: standing.horizon, changed, place };
}

/** Where reading a held scope begins: its beginning when it was granted after the device's last walk, else where that walk ended. */
function startOf({ position: { drained, walk: { changed, place } } }: Request, { scope, from }: Grant): { xid: bigint; seq: bigint } {
  if (place.part === "given" && place.scope === scope) return place;
  return { xid: changed && from >= drained ? 0n : drained, seq: 0n };
}

/** Walks that are read together, and what is known before the database is asked. */
interface Walks {
  readonly requests: readonly Request[];
  readonly standing: Standing;
  readonly latest: LatestChanges;
}

const textOf = (values: readonly bigint[]): string[] => values.map(String);

/**
 * The next steps of several walks, in order, at most `limit` of each, in at most four statements of the caller's snapshot. Every step
 * yields one document to send: what needs none is passed over in SQL, before the limit, so that a page never shrinks after it was cut.
 */
export async function nextSteps(sql: Sql, { requests, standing, latest }: Walks): Promise<Step[][]> {
  const lost = await lostSteps(sql, requests, standing);
  const given = await givenSteps(sql, { requests, standing, latest });
  return requests.map(({ limit }, index) => [...(lost[index] ?? []), ...(given[index] ?? [])].slice(0, limit));
}

interface FeedRow {
  /** Of its cursor, from 1. */
  readonly place: number;
  readonly id: string;
  readonly op: "P" | "R";
  readonly xid: string;
  readonly seq: string;
}

async function givenSteps(sql: Sql, { requests, standing, latest }: Walks): Promise<Step[][]> {
  const steps: Step[][] = requests.map(() => []);
  const { held } = standing;
  const open = requests.flatMap((request, index) =>
    held
      .filter(({ scope }) => request.position.walk.place.part === "lost" || scope >= request.position.walk.place.scope)
      .map((grant) => ({ index, request, grant, scope: String(grant.scope), collection: request.collection, walk: request.position.walk, start: startOf(request, grant) }))
      .filter(({ start }) => start.xid < request.position.walk.target),
  );
  if (open.length === 0) return steps;
  const lastOf = await latest.of(sql, standing, open);
  const cursors = open.filter((one) => lastOf(one) >= one.start.xid);
  if (cursors.length === 0) return steps;
  const rows = await sql<FeedRow[]>`
    select cursor.place::int, feed.id, feed.op::text as op, feed.xid::text as xid, feed.seq::text as seq
    from unnest(${cursors.map(({ collection }) => collection)}::smallint[],
        ${cursors.map(({ scope }) => scope)}::bigint[], ${textOf(cursors.map(({ start }) => start.xid))}::xid8[],
        ${textOf(cursors.map(({ start }) => start.seq))}::bigint[], ${textOf(cursors.map(({ walk }) => walk.target))}::xid8[],
        ${textOf(cursors.map(({ grant }) => grant.known))}::xid8[], ${cursors.map(({ request }) => request.limit)}::int[])
      with ordinality as cursor (collection, scope, xid, seq, target, known, size, place)
    cross join lateral (
      select entry.doc_id as id, entry.op, entry.xid, entry.seq from scope_doc as entry
      where entry.scope_id = cursor.scope and entry.coll = cursor.collection
        and (entry.xid, entry.seq) > (cursor.xid, cursor.seq) and entry.xid < cursor.target
        and (entry.op = 'P' or (entry.xid >= cursor.known and not exists (
          select from scope_doc as other where other.scope_id = any(${textOf(held.map(({ scope }) => scope))}::bigint[])
            and other.coll = entry.coll and other.doc_id = entry.doc_id and other.op = 'P')))
      order by entry.xid, entry.seq limit cursor.size) as feed
    order by cursor.place, feed.xid, feed.seq`;
  for (const { place, id, op, xid, seq } of rows) {
    const { index, scope, walk } = cursors[place - 1] ?? raise();
    steps[index]?.push({ id, op: op === "P" ? "put" : "remove", scope, xid, seq, walk });
  }
  return steps;
}

/**
 * Documents of scopes that were lost since the device's last walk, unless another scope still gives them. Only those that had
 * entered the scope when it was lost: the ids of later ones are nobody's business. Never by the time of their last change: one
 * that was edited since would stay on the device for ever.
 */
async function lostSteps(sql: Sql, requests: readonly Request[], { held, lost }: Standing): Promise<Step[][]> {
  const steps: Step[][] = requests.map(() => []);
  const cursors = requests.flatMap(({ collection, position: { drained, walk: { place, changed } }, limit }, index) =>
    place.part === "lost" && changed
      ? lost
          .filter(({ scope, to }) => scope >= place.scope && to !== null && to >= drained)
          .map(({ scope, to, known }) => ({ index, collection, limit, scope, to: to ?? 0n, known, after: scope === place.scope ? place.document : NO_DOCUMENT }))
      : [],
  );
  if (cursors.length === 0) return steps;
  const rows = await sql<{ request: number; scope: string; id: string }[]>`
    select cursor.request, cursor.scope::text, entry.id
    from unnest(${cursors.map(({ index }) => index)}::int[], ${cursors.map(({ collection }) => collection)}::smallint[],
        ${textOf(cursors.map(({ scope }) => scope))}::bigint[], ${textOf(cursors.map(({ to }) => to))}::xid8[],
        ${textOf(cursors.map(({ known }) => known))}::xid8[], ${cursors.map(({ after }) => after)}::uuid[], ${cursors.map(({ limit }) => limit)}::int[])
      with ordinality as cursor (request, collection, scope, lost, known, after, size, place)
    cross join lateral (
      select doc_id as id from scope_doc as entry
      where entry.scope_id = cursor.scope and entry.coll = cursor.collection and entry.doc_id > cursor.after
        and entry.first_xid <= cursor.lost and (entry.op = 'P' or entry.xid >= cursor.known)
        and not exists (
          select from scope_doc as other where other.scope_id = any(${textOf(held.map(({ scope }) => scope))}::bigint[])
            and other.coll = entry.coll and other.doc_id = entry.doc_id and other.op = 'P')
      order by doc_id limit cursor.size) as entry
    order by cursor.place, entry.id`;
  for (const { request, scope, id } of rows) steps[request]?.push({ id, op: "remove", scope, xid: null });
  return steps;
}

function raise(): never {
  throw new Error("a row comes from one of the cursors");
}
