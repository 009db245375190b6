import type { Scope } from "@mochila/shared/access/scope.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { registry as allCollections } from "@mochila/shared/registry.ts";
import { sameContent } from "@mochila/shared/sync/change.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { DocumentWrite, WriteDocuments } from "./documents.ts";
import { type Move, writeFeed } from "./feed-entries.ts";
import { lockDocuments, readStored, type Stored, type StoreWrite, writeStored } from "./store.ts";

/** Somebody made the same id meanwhile: look again. More often than this is a fault. */
const ROUNDS_MAX = 5;

/** Server-side writes over the collections of `registry`. */
export function createWriteDocuments(registry: readonly CollectionDefinition[]): WriteDocuments {
  return async (transaction, writes) => {
    const unknown = writes.find((write) => !registry.some(({ name }) => name === write.collection));
    assert(!unknown, `there is no collection ${unknown?.collection}`);
    const touched = new Set<Scope>();
    for (const definition of registry) {
      // The last write of one document counts, as if they had come one after the other.
      const byId = new Map(writes.filter(({ collection }) => collection === definition.name).map((write) => [write.document.id, write]));
      for (const scope of await writeCollection(transaction, definition, byId)) touched.add(scope);
    }
    return [...touched];
  };
}

async function writeCollection(transaction: Transaction, definition: CollectionDefinition, writes: Map<string, DocumentWrite>): Promise<Set<Scope>> {
  const moves: Move[] = [];
  let waiting = [...writes.values()];
  for (let round = 1; waiting.length > 0; round += 1) {
    assert(round <= ROUNDS_MAX, "documents of these ids are made and removed all the time");
    waiting = await writeRound(transaction, definition, waiting, moves);
  }
  return writeFeed(transaction, definition, moves);
}

/** Returns what has to be looked at again. */
async function writeRound(transaction: Transaction, definition: CollectionDefinition, writes: readonly DocumentWrite[], moves: Move[]): Promise<DocumentWrite[]> {
  const current = await lockDocuments(transaction, definition, writes.map(({ document }) => document.id));
  const changes = writes.flatMap((write) => {
    const change = changeOf(definition, write, current.get(write.document.id));
    return change === null ? [] : [{ write, ...change }];
  });
  const written = await writeStored(transaction, definition, { userId: null, writes: changes.map(({ next }) => next), sentRevs: null, current });
  for (const { next, before } of changes) if (written.has(next.id)) moves.push({ id: next.id, before, after: next.document });
  return changes.filter(({ next }) => !written.has(next.id)).map(({ write }) => write);
}

/** What is to be written; null when the document stands so already. */
function changeOf(definition: CollectionDefinition, write: DocumentWrite, current: Stored | undefined): { next: StoreWrite; before: SyncedDocument | null } | null {
  const before = current && !current.deleted ? current.document : null;
  if (write.deleted) return before === null ? null : { next: { id: before.id, rev: newRev(), document: null }, before };
  const parsed = definition.schema.safeParse({ ...write.document, rev: newRev() });
  assert(parsed.success, `a document of ${definition.name} does not fit its schema: ${parsed.error?.issues[0]?.path.join(".")} ${parsed.error?.issues[0]?.message}`);
  const document = parsed.data;
  if (before !== null && sameContent(before, document)) return null;
  return { next: { id: document.id, rev: document.rev, document }, before };
}

export const writeDocuments: WriteDocuments = createWriteDocuments(allCollections);

/** The living documents of `ids`, flat as devices have them. Missing and deleted ones are absent. */
export async function readDocuments(sql: Sql, collection: string, ids: readonly string[]): Promise<Map<string, SyncedDocument>> {
  const definition = allCollections.find(({ name }) => name === collection);
  assert(definition, `there is no collection ${collection}`);
  return ids.length === 0 ? new Map() : readStored(sql, definition, ids);
}
