import type { Actor } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { isUuid, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Transaction } from "../db/database.ts";
import { appliedRevisions, keepApplied, revisionKey } from "./applied-revisions.ts";
import { type Decision, decide } from "./decide.ts";
import { type Move, writeFeed } from "./feed-entries.ts";
import type { ReadRow } from "./read-row.ts";
import { lockDocuments, type Stored, type StoreWrite, writeStored } from "./store.ts";

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
  const { transaction } = context;
  const readable = rows.filter(({ kind }) => kind !== "invalid");
  const ids = rows.filter(({ kind, id }) => kind !== "invalid" || isUuid(id)).map(({ id }) => id);
  // Sent together, run one after the other: what a copy of this request wrote before it gave us the lock is seen.
  const [current, applied] = await Promise.all([lockDocuments(transaction, definition, ids), appliedRevisions(transaction, readable)]);
  const decided = rows.map((row): Outcome => ({ row, decision: decideRow(context, definition, { row, stored: current.get(row.id), applied }) }));
  const written = await write(context, definition, { decided, current });
  const saidAlready = written.outcomes.filter(({ row, decision }) => row.kind === "document" && (decision.kind === "answer" || decision.kind === "accepted") && !applied.has(revisionKey(row.id, row.rev)));
  await keepApplied(transaction, context.actor.userId, saidAlready.map(({ row }) => row));
  for (const { row, decision } of written.outcomes) {
    outcomes.push({ row, decision });
    const stored = current.get(row.id);
    const before = stored && !stored.deleted ? stored.document : null;
    const after = decision.kind === "write" ? decision.document : decision.kind === "delete" ? null : before;
    if (after !== null && isVisible(context, definition, after)) masters.set(row.id, after);
    else masters.delete(row.id);
    if (decision.kind !== "write" && decision.kind !== "delete") continue;
    moves.push({ id: row.id, before, after });
  }
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
  const isChanging = ({ decision }: Outcome) => decision.kind === "write" || decision.kind === "delete";
  const changing = new Map(decided.filter(isChanging).map((outcome) => [outcome.row.id, outcome]));
  const made = new Set<string>();
  const store = async (on: Transaction, some: readonly Outcome[]) => {
    const writes = some.map(({ row, decision }) => toWrite(row, decision));
    for (const id of await writeStored(on, definition, { userId: actor.userId, writes, sentRevs: some.map(({ row }) => row.rev), current })) made.add(id);
  };
  const failed = await run(transaction, { outcomes: [...changing.values()], store, oneByOne });
  const raced = new Set([...changing.keys()].filter((id) => !made.has(id) && !failed.has(id)));
  return {
    outcomes: decided
      .filter((outcome) => !(isChanging(outcome) && raced.has(outcome.row.id)))
      .map((outcome) => (isChanging(outcome) && failed.has(outcome.row.id) ? { row: outcome.row, decision: UNSTORABLE } : outcome)),
    again: [...changing.values()].filter(({ row }) => raced.has(row.id)).map(({ row }) => row),
  };
}

const UNSTORABLE: Decision = { kind: "reject", code: "row_invalid", message: "The document breaks a rule of its table." };

const toWrite = (row: ReadRow, decision: Decision): StoreWrite =>
  decision.kind === "write" ? { id: row.id, rev: decision.document.rev, document: decision.document } : { id: row.id, rev: row.rev, document: null };

/** Returns the ids that cannot be stored; without `oneByOne` the first of them ends the transaction. */
async function run(
  transaction: Transaction,
  { outcomes, store, oneByOne }: { outcomes: readonly Outcome[]; store: (on: Transaction, some: readonly Outcome[]) => Promise<void>; oneByOne: boolean },
): Promise<Set<string>> {
  const failed = new Set<string>();
  if (!oneByOne) await store(transaction, outcomes);
  for (const one of oneByOne ? outcomes : []) {
    try {
      await transaction.savepoint((inner) => store(inner, [one]));
    } catch (error) {
      if (!isDataError(error)) throw error;
      failed.add(one.row.id);
    }
  }
  return failed;
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint): the row is at fault, not the server. */
export const isDataError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^2[23]/.test(error.code);
