import type { Actor } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { isUuid, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { Transaction } from "../db/database.ts";
import { appliedRevisions, keepRevisions, revisionKey } from "./applied-revisions.ts";
import { type Decision, decide } from "./decide.ts";
import { type Move, writeFeed } from "./feed-entries.ts";
import type { ReadRow } from "./read-row.ts";
import { insertDocuments, keepHistory, lockDocuments, type Stored, type StoreWrite, updateDocuments } from "./store.ts";

/**
 * A device has one latest state per document, so one request names a document once, twice at most after a restart. More rounds only
 * hold the transaction open.
 */
const ROUNDS_MAX = 8;

export interface PushContext {
  readonly transaction: Transaction;
  readonly actor: Actor;
  /** Names of the scopes the person holds. */
  readonly held: ReadonlySet<string>;
  readonly random: Random;
  /** After a statement failed: each row in a savepoint of its own, so that the one which cannot be stored is found. */
  readonly oneByOne: boolean;
}

export interface Outcome {
  readonly row: ReadRow;
  readonly decision: Decision;
}

export interface CollectionResult {
  readonly outcomes: readonly Outcome[];
  /** The masters after the push that this person may see, by id. */
  readonly masters: ReadonlyMap<string, SyncedDocument>;
  readonly moves: readonly Move[];
  readonly touched: ReadonlySet<Scope>;
}

/**
 * Applies the rows of one collection. Rows of different documents go together, in one statement per step; a second row of the
 * same document, and a row whose id somebody else made meanwhile, goes in the next round and sees what the first left.
 */
export async function pushCollection(context: PushContext, definition: CollectionDefinition, rows: readonly ReadRow[]): Promise<CollectionResult> {
  const outcomes: Outcome[] = [];
  const moves: Move[] = [];
  const masters = new Map<string, SyncedDocument>();
  let waiting = [...rows];
  for (let round = 1; waiting.length > 0; round += 1) {
    const { now, later } = firstOfEach(waiting);
    if (round > ROUNDS_MAX) {
      outcomes.push(...waiting.map((row): Outcome => ({ row, decision: { kind: "reject", code: "row_invalid", message: "The same document too often in one request." } })));
      break;
    }
    const again = await pushRound(context, definition, { rows: now, outcomes, moves, masters });
    waiting = [...again, ...later];
  }
  return { outcomes, masters, moves, touched: await writeFeed(context.transaction, definition, foldMoves(moves)) };
}

function firstOfEach(rows: readonly ReadRow[]): { now: ReadRow[]; later: ReadRow[] } {
  const seen = new Set<string>();
  const [now, later]: [ReadRow[], ReadRow[]] = [[], []];
  for (const row of rows) {
    (row.kind !== "invalid" && seen.has(row.id) ? later : now).push(row);
    seen.add(row.id);
  }
  return { now, later };
}

/** The feed needs where a document was before the request and where it is after it. */
function foldMoves(moves: readonly Move[]): Move[] {
  const folded = new Map<string, Move>();
  for (const move of moves) folded.set(move.id, { ...move, before: folded.has(move.id) ? (folded.get(move.id)?.before ?? null) : move.before });
  return [...folded.values()];
}

interface Round {
  readonly rows: readonly ReadRow[];
  readonly outcomes: Outcome[];
  readonly moves: Move[];
  readonly masters: Map<string, SyncedDocument>;
}

/** Returns the rows that have to be decided again. */
async function pushRound(context: PushContext, definition: CollectionDefinition, { rows, outcomes, moves, masters }: Round): Promise<ReadRow[]> {
  const { transaction, actor } = context;
  const readable = rows.filter(({ kind }) => kind !== "invalid");
  const ids = readable.map(({ id }) => id);
  const current = await lockDocuments(transaction, definition, [...ids, ...rows.flatMap(({ kind, id }) => (kind === "invalid" && isUuid(id) ? [id] : []))]);
  const applied = await appliedRevisions(transaction, readable);
  const decided = rows.map((row): Outcome => ({ row, decision: decideRow(context, definition, { row, stored: current.get(row.id), applied }) }));
  const written = await write(context, definition, { decided, current });
  const done: Revision[] = [];
  for (const { row, decision } of written.outcomes) {
    outcomes.push({ row, decision });
    const stored = current.get(row.id);
    const before = stored && !stored.deleted ? stored.document : null;
    const after = decision.kind === "write" ? decision.document : decision.kind === "delete" ? null : before;
    if (after !== null && isVisible(context, definition, after)) masters.set(row.id, after);
    else masters.delete(row.id);
    if (decision.kind !== "write" && decision.kind !== "delete") continue;
    moves.push({ id: row.id, before, after });
    done.push({ id: row.id, rev: row.rev });
  }
  await keepRevisions(transaction, actor.userId, done);
  return written.again;
}

const isVisible = ({ held }: PushContext, definition: CollectionDefinition, document: SyncedDocument): boolean =>
  definition.scopesOf(document).some((scope) => held.has(scope));

function decideRow(
  context: PushContext,
  definition: CollectionDefinition,
  { row, stored, applied }: { row: ReadRow; stored: Stored | undefined; applied: ReadonlySet<string> },
): Decision {
  const visible = stored !== undefined && !stored.deleted && isVisible(context, definition, stored.document);
  const mintRev = () => newRev(context);
  return decide({ definition, actor: context.actor, row, current: stored, visible, applied: applied.has(revisionKey(row.id, row.rev)), mintRev });
}

interface Written {
  readonly outcomes: Outcome[];
  readonly again: ReadRow[];
}

async function write(
  context: PushContext,
  definition: CollectionDefinition,
  { decided, current }: { decided: readonly Outcome[]; current: ReadonlyMap<string, Stored> },
): Promise<Written> {
  const { transaction, actor, oneByOne } = context;
  const changing = decided.filter(({ decision }) => decision.kind === "write" || decision.kind === "delete");
  const writes = new Map(changing.map(({ row, decision }) => [row.id, toWrite(row, decision)]));
  const existing = [...writes.values()].filter(({ id }) => current.has(id));
  const fresh = [...writes.values()].filter(({ id }) => !current.has(id));
  const update = async (on: Transaction, some: readonly StoreWrite[]) => {
    await keepHistory(on, { definition, ids: some.map(({ id }) => id), userId: actor.userId });
    await updateDocuments(on, definition, some);
  };
  const made = new Set<string>();
  const insert = async (on: Transaction, some: readonly StoreWrite[]) => {
    for (const id of await insertDocuments(on, definition, some)) made.add(id);
  };
  const failed = new Set([
    ...(await run(transaction, { writes: existing, statement: update, oneByOne })),
    ...(await run(transaction, { writes: fresh, statement: insert, oneByOne })),
  ]);
  const raced = new Set(fresh.filter(({ id }) => !made.has(id) && !failed.has(id)).map(({ id }) => id));
  const isChanging = ({ decision }: Outcome) => decision.kind === "write" || decision.kind === "delete";
  return {
    outcomes: decided
      .filter((outcome) => !(isChanging(outcome) && raced.has(outcome.row.id)))
      .map((outcome) => (isChanging(outcome) && failed.has(outcome.row.id) ? { row: outcome.row, decision: UNSTORABLE } : outcome)),
    again: changing.filter(({ row }) => raced.has(row.id)).map(({ row }) => row),
  };
}

const UNSTORABLE: Decision = { kind: "reject", code: "row_invalid", message: "The document breaks a rule of its table." };

const toWrite = (row: ReadRow, decision: Decision): StoreWrite =>
  decision.kind === "write" ? { id: row.id, rev: decision.document.rev, document: decision.document } : { id: row.id, rev: row.rev, document: null };

/** Returns the ids that cannot be stored; without `oneByOne` the first of them ends the transaction. */
async function run(
  transaction: Transaction,
  { writes, statement, oneByOne }: { writes: readonly StoreWrite[]; statement: (on: Transaction, some: readonly StoreWrite[]) => Promise<void>; oneByOne: boolean },
): Promise<string[]> {
  if (!oneByOne) {
    await statement(transaction, writes);
    return [];
  }
  const failed: string[] = [];
  for (const one of writes) {
    try {
      await transaction.savepoint((inner) => statement(inner, [one]));
    } catch (error) {
      if (!isDataError(error)) throw error;
      failed.push(one.id);
    }
  }
  return failed;
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint): the row is at fault, not the server. */
export const isDataError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^2[23]/.test(error.code);
