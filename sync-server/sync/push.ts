import type { Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { PulledDocument } from "@mochila/shared/sync/pulled-document.ts";
import type { PushRequest } from "@mochila/shared/sync/push-request.ts";
import type { PushResponse } from "@mochila/shared/sync/push-response.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { DocumentChange, ServerRule } from "./documents.ts";
import { requireTaken } from "./applied-revisions.ts";
import { beginMoment, type Eras } from "./eras.ts";
import { type CollectionResult, isDataError, type Outcome, pushCollection } from "./push-collection.ts";
import { readRow } from "./read-row.ts";
import { keepRejections, type Rejection } from "./rejections.ts";
import { loadRights } from "./standing.ts";

export interface PushDependencies {
  readonly registry: readonly CollectionDefinition[];
  readonly database: Database;
  readonly random: Random;
  readonly eras: Eras;
  readonly serverRules: readonly ServerRule[];
}

export interface PushResult {
  readonly response: PushResponse;
  /** To publish as hints. The transaction has committed. */
  readonly touched: readonly Scope[];
}

/** A restart of the instances, one after the other, takes about so long. */
const NEWER_RETRY_MS = 10_000;

/** The person is all that is believed of the caller: what they may do is read inside, after it cannot be taken away any more. */
export type Push = (person: { readonly userId: string }, request: PushRequest) => Promise<PushResult>;

/**
 * Takes what a device wrote. All rows in one transaction, collections in registry order; a row that is refused or cannot be stored
 * is answered with its master and never harms the others. Throws `invalid_input` for a collection that does not exist,
 * `session_ended` for a person who is not active, `epoch_changed` if the device has seen what this history never had, `unavailable` for
 * documents in a version that only a newer server knows: the device keeps them (W6).
 */
export function createPush(dependencies: PushDependencies): Push {
  const attempt = (userId: string, request: PushRequest, oneByOne: boolean) =>
    dependencies.database.transaction((transaction) => pushAll(dependencies, { transaction, userId, request, oneByOne }));
  return async ({ userId }, request) => {
    const named = new Set(dependencies.registry.map(({ name }) => name));
    const unknown = request.pushes.find(({ collection }) => !named.has(collection));
    if (unknown) throw new CodedError("invalid_input", `There is no collection of this name.`);
    const newer = request.pushes.some(({ collection, version = 1 }) => dependencies.registry.some((known) => known.name === collection && known.version < version));
    if (newer) throw new CodedError("unavailable", "This server is older than the app and is about to be updated.", { retryAfterMs: NEWER_RETRY_MS });
    const { response, touched, changes } = await attempt(userId, request, false).catch((error: unknown) => {
      if (!isDataError(error)) throw error;
      return attempt(userId, request, true);
    });
    for (const rule of dependencies.serverRules) rule.committed?.(concerning(rule, changes));
    return { response, touched };
  };
}

const concerning = (rule: ServerRule, changes: readonly DocumentChange[]): DocumentChange[] =>
  changes.filter(({ collection }) => rule.collections.includes(collection));

interface Attempt {
  readonly transaction: Transaction;
  readonly userId: string;
  readonly request: PushRequest;
  readonly oneByOne: boolean;
}

async function pushAll({ registry, random, eras, serverRules }: PushDependencies, { transaction, userId, request, oneByOne }: Attempt) {
  // Sent together, run one after the other, each with a snapshot of its own.
  const [moment, { held, actor }] = await Promise.all([beginMoment(transaction, userId), loadRights(transaction, userId)]);
  // Before anything is compared: what the device believes the master to be may be a version that this history never had.
  await eras.read(transaction, moment, request.seen ?? []);
  await requireTaken(transaction, request.taken);
  const context = { transaction, actor, held, random, oneByOne };
  const results = new Map<string, CollectionResult>();
  const changes: DocumentChange[] = [];
  const touched = new Set<Scope>();
  for (const definition of registry) {
    const pushes = request.pushes.filter(({ collection }) => collection === definition.name);
    const rows = pushes.flatMap((push) => push.rows.map((row) => readRow(definition, row, push.version ?? 1)));
    if (rows.length === 0) continue;
    const result = await pushCollection(context, definition, rows);
    results.set(definition.name, result);
    for (const scope of result.touched) touched.add(scope);
    for (const { before, after } of result.moves) changes.push({ collection: definition.name, before, after, userId });
  }
  await keepRejections(transaction, userId, [...results].flatMap(([name, { outcomes }]) => rejectionsOf(name, outcomes)));
  for (const rule of serverRules) {
    const concerned = concerning(rule, changes);
    if (concerned.length > 0) for (const scope of (await rule.afterWrite?.(transaction, concerned)) ?? []) touched.add(scope);
  }
  return { response: toResponse(request, results), touched: [...touched], changes };
}

const rejectionsOf = (collection: string, outcomes: readonly Outcome[]): Rejection[] =>
  outcomes.flatMap(({ row, decision }) =>
    decision.kind === "reject" ? [{ collection, id: row.id, rev: row.rev, code: decision.code, message: decision.message, sent: row.sent }] : [],
  );

/** One answer per collection, in the order of the request; a collection named twice is answered at its first place. */
function toResponse(request: PushRequest, results: ReadonlyMap<string, CollectionResult>): PushResponse {
  const names = [...new Set(request.pushes.map(({ collection }) => collection))];
  return {
    results: names.map((collection) => {
      const { outcomes, masters } = results.get(collection) ?? { outcomes: [], masters: new Map() };
      const conflicts = new Map<string, PulledDocument>();
      for (const { row, decision } of outcomes) {
        const told = decision.kind === "reject" || decision.kind === "answer" || (decision.kind === "write" && decision.answer);
        if (told) conflicts.set(row.id, masters.get(row.id) ?? { id: row.id, _deleted: true });
      }
      const rejected = rejectionsOf(collection, outcomes).map(({ id, code, message }) => ({ id, code, message }));
      return { collection, conflicts: [...conflicts.values()], rejected };
    }),
  };
}
