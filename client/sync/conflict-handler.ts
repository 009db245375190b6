import type { RxConflictHandler, WithDeleted } from "rxdb/plugins/core";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { RescuedWork } from "../person.ts";
import { lostFields, plainText } from "./lost-fields.ts";

export interface RescueStore {
  /** Resolves when the piece is safe on the device; keeps trying until it is. */
  keep(work: RescuedWork): Promise<void>;
  /** Why the server refused this write; undefined if it did not. Given once. */
  takeRefusal(collection: string, id: string, rev: string): string | undefined;
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
  const code = store.takeRefusal(definition.name, mine.id, mine.rev) ?? reason;
  const fields = lostFields(definition, { mine, base, master });
  if (Object.keys(fields).length > 0) await store.keep(rescuedWork({ definition, mine, fields, code, at: clock.now() }));
}

interface Loss {
  readonly definition: CollectionDefinition;
  readonly mine: WithDeleted<SyncedDocument>;
  readonly fields: Record<string, unknown>;
  readonly code: string;
  readonly at: number;
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

function rescuedWork({ definition, mine, fields, code, at }: Loss): RescuedWork {
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
  };
}
