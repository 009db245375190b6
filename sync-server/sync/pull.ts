import { CodedError } from "@mochila/shared/errors.ts";
import { PULL_BYTES_MAX, PULL_DOCUMENTS_MAX } from "@mochila/shared/limits.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { PullRequest } from "@mochila/shared/sync/pull-request.ts";
import type { Database, Sql } from "../db/database.ts";
import { requireTaken } from "./applied-revisions.ts";
import { beginWalk, nextSteps, placeAfter, type Step } from "./change-feed.ts";
import { encodePosition, type Position, START, type Walk } from "./checkpoint.ts";
import type { Eras } from "./eras.ts";
import { readStanding, type Standing } from "./horizon.ts";
import type { Log } from "../log.ts";
import { readHeld } from "./held.ts";
import { LatestChanges } from "./latest-changes.ts";
import { loadDocuments, Moved } from "./load-documents.ts";
import type { PulledPage, PulledPages } from "./pulled-pages.ts";

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
 * Two ways to one moment. Without a transaction, which costs two more ways to the database than the one to five that a pull has: the moment is
 * that of the first statement, whose horizon ends the walk, and a document counts only if its entry in the feed is still the one that
 * the walk found, so that nothing of it was written since. If one has moved, or what a device holds is to be told, the same statements run in one
 * snapshot.
 *
 * Throws `invalid_input` for a collection that does not exist,
 * `session_ended` for a person who is not active, `epoch_changed` for a checkpoint of another history,
 * `client_too_old` for a device that cannot read the documents of today (W5).
 */
export function createPull({ registry, database, eras, log }: PullDependencies): Pull {
  const latest = new LatestChanges();
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
      await walk(sql, { pages, standing, latest });
      const results = await answer(sql, pages, standing);
      return check ? withHeld(sql, { pages, standing, results }) : results;
    };
    const inSnapshot = () => database.sql.begin("isolation level repeatable read read only", read);
    const results = await (check ? inSnapshot() : read(database.sql).catch((error: unknown) => (error instanceof Moved ? inSnapshot() : Promise.reject(error))));
    return { results };
  };
}

/**
 * Looks for one step more than fits, so that `more` is exact. The second round is for walks that ended below today's horizon: what
 * came since belongs on the same page.
 */
async function walk(sql: Sql, { pages, standing, latest }: { pages: readonly Page[]; standing: Standing; latest: LatestChanges }): Promise<void> {
  for (let round = 1; round <= 2; round += 1) {
    const open = pages.filter((page) => page.steps.length <= page.limit && !isDone(page.position, standing));
    if (open.length === 0) return;
    const requests = open.map(({ definition, position, limit, steps }) => {
      const grants = position.walk === null ? standing.grants : position.grants;
      const from = { drained: position.drained, grants, walk: position.walk ?? beginWalk(position, standing) };
      return { collection: definition.number, position: from, limit: limit + 1 - steps.length };
    });
    const found = await nextSteps(sql, { requests, standing, latest });
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
  throw new Error("every open page has a request, and one with news a last step");
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
    const position: Position = more ? { ...last.position, walk: { ...last.position.walk, place: placeAfter(last) } } : page.position;
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
