import { getAllCollectionDocuments, type RxDatabase } from "rxdb/plugins/core";
import { collectionNamed } from "@mochila/shared/registry.ts";
import { storeVersion } from "./collections.ts";
import { FormConflict } from "./hold-form.ts";
import type { Collections } from "../person.ts";

/** RxDB's note of a collection's store: its schema, and the stores beside it. */
export type KnownStore = Awaited<ReturnType<typeof getAllCollectionDocuments>>[number];

/** How much later than this app's the version of a store is; 0 for a collection that it does not have. */
function laterBy({ data: { name, version } }: KnownStore): number {
  const definition = collectionNamed(name);
  return definition ? version - storeVersion(definition) : 0;
}

/**
 * Stores of earlier versions that are on this device. Throws `FormConflict` if there is one of a later version: to open an empty one beside it
 * would hide what waits there to be sent, and fill it anew (W9).
 */
export async function storesLeft(database: RxDatabase<Collections>): Promise<readonly KnownStore[]> {
  const known = await getAllCollectionDocuments(database.internalStore);
  if (known.some((store) => laterBy(store) > 0)) throw new FormConflict("newer");
  return known.filter((store) => laterBy(store) < 0);
}
