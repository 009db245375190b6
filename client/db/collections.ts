import type { RxCollectionCreator, RxConflictHandler, RxJsonSchema } from "rxdb/plugins/core";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { indexesOf } from "./indexes.ts";

/** UUIDs. RxDB needs the length of every indexed text. */
const ID_CHARACTERS_MAX = 36;
const INDEXED_CHARACTERS_MAX = 200;

/** RxDB counts from 0. */
export const storeVersion = ({ version }: Pick<CollectionDefinition, "version">): number => version - 1;

/**
 * RxDB's schema of a collection, from the registry. It names the fields and their indexes and says nothing of their values:
 * what comes from the server was checked there, what is written here is checked there, and a validator would cost every phone 20 KB.
 */
export function schemaOf(definition: CollectionDefinition): RxJsonSchema<SyncedDocument> {
  const indexes = indexesOf(definition.name);
  const indexed = new Set(indexes.flat());
  const properties: RxJsonSchema<SyncedDocument>["properties"] = { id: { type: "string", maxLength: ID_CHARACTERS_MAX }, rev: { type: "string" } };
  for (const field of Object.keys(definition.fields)) properties[field] = indexed.has(field) ? { type: "string", maxLength: INDEXED_CHARACTERS_MAX } : {};
  return {
    version: storeVersion(definition),
    primaryKey: "id",
    type: "object",
    properties,
    // The storage insists that indexed fields are required; nothing enforces it, and rows of another kind simply lack them.
    required: ["id", "rev", ...indexed],
    indexes: indexes.map((index) => [...index]),
  };
}

export const creatorsOf = (
  registry: readonly CollectionDefinition[],
  conflictHandlerOf: (definition: CollectionDefinition) => RxConflictHandler<SyncedDocument>,
): Record<string, RxCollectionCreator<SyncedDocument>> =>
  Object.fromEntries(registry.map((definition) => [definition.name, { schema: schemaOf(definition), conflictHandler: conflictHandlerOf(definition), autoMigrate: false }]));
