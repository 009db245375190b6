import { registry } from "@mochila/shared/registry.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";

/** What an app knows of documents. */
export type App = readonly CollectionDefinition[];

export const TODAY: App = registry;

function before(definition: CollectionDefinition): CollectionDefinition {
  if (definition.version === 1) return definition;
  const version = definition.version - 1;
  return { ...definition, version, fields: Object.fromEntries(Object.entries(definition.fields).filter(([, { since = 1 }]) => since <= version)) };
}

/** The one before the last change of a form: it lacks what came since, keeps it where it is told of it, and sends it back (W5). */
export const BEFORE: App = registry.map(before);
