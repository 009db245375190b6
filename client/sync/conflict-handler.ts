import type { RxConflictHandler, WithDeleted } from "rxdb/plugins/core";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { RescuedWork } from "../person.ts";
import { holdsAll, lostFields, plainText } from "./lost-fields.ts";

export interface RescueStore {
  /** Resolves when the piece is safe on the device; keeps trying until it is. Earlier pieces of the same document go if this one says all of them. */
  keep(work: RescuedWork, saysAllOf: (older: RescuedWork) => boolean): Promise<void>;
  /** What was noted when the server answered this write. Given once. */
  takeAnswer(collection: string, id: string, rev: string): Answered | undefined;
  /** What a document belongs to, as far as that is still here. */
  titleOf(document: SyncedDocument): Promise<Localized<string> | null>;
}

export interface Answered {
  /** Why the server refused it; absent if it did not. */
  readonly refused?: string | undefined;
  /** Of the mark of the write. */
  readonly title: Localized<string> | null;
  readonly writtenAt: number | null;
}

/**
 * The server merges; the device keeps what the merge would take away, then takes the master. In this order: after the master is
 * written the person's text exists nowhere else.
 */
export const conflictHandlerFor = (definition: CollectionDefinition, store: RescueStore, clock: Clock): RxConflictHandler<SyncedDocument> => ({
  // Whoever writes makes a new rev, so equal revs are equal documents.
  isEqual: (left, right) => left.rev === right.rev && left._deleted === right._deleted,
  async resolve({ newDocumentState: mine, assumedMasterState: base, realMasterState: master }) {
    await rescueLost({ definition, store, clock, reason: "replaced" }, { mine, base, master });
    return master;
  },
});

interface Rescue {
  readonly definition: CollectionDefinition;
  readonly store: RescueStore;
  readonly clock: Clock;
  /** Why it goes, where the server did not refuse it. */
  readonly reason: "replaced" | "epoch_changed";
}

/** Keeps of `mine` what `master` takes away, before anybody writes the master. */
export async function rescueLost(
  { definition, store, clock, reason }: Rescue,
  { mine, base, master }: { mine: WithDeleted<SyncedDocument>; base: WithDeleted<SyncedDocument> | undefined; master: WithDeleted<SyncedDocument> },
): Promise<void> {
  const answered = store.takeAnswer(definition.name, mine.id, mine.rev);
  const fields = lostFields(definition, { mine, base, master });
  if (Object.keys(fields).length === 0) return;
  const title = answered?.title ?? (await store.titleOf(mine));
  const work = rescuedWork({ definition, mine, master, fields, code: answered?.refused ?? reason, at: clock.now() });
  await store.keep({ ...work, title, writtenAt: answered?.writtenAt ?? null }, (older) => holdsAll(definition, fields, older.fields));
}

interface Loss {
  readonly definition: CollectionDefinition;
  readonly mine: WithDeleted<SyncedDocument>;
  readonly master: WithDeleted<SyncedDocument>;
  readonly fields: Record<string, unknown>;
  readonly code: string;
  readonly at: number;
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

const chosen = (document: SyncedDocument, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])));

function rescuedWork({ definition, mine, master, fields, code, at }: Loss): RescuedWork {
  const creation = Object.entries(definition.fields).flatMap(([name, { writer }]) => (writer === "creation" ? [name] : []));
  return {
    // The same conflict may be told twice; it is one loss.
    key: `${mine.id}/${mine.rev}`,
    collection: definition.name,
    documentId: mine.id,
    courseId: textOrNull(mine["courseId"]),
    itemId: definition.name === "items" ? mine.id : textOrNull(mine["itemId"]),
    code,
    at,
    fields,
    text: plainText(fields),
    theirs: master._deleted ? null : chosen(master, Object.keys(fields)),
    made: chosen(mine, creation),
  };
}
