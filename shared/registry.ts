import { courses } from "./courses/access.ts";
import { members } from "./courses/member.ts";
import { modules } from "./courses/module.ts";
import { drafts } from "./drafts/schema.ts";
import { items } from "./pages/schema.ts";
import { progress } from "./progress/schema.ts";
import type { CollectionDefinition } from "./sync/collection.ts";

/**
 * The table of contents: what exists, one line each. Engines read it and know no feature.
 * The order of collections is the order in which a push is applied: a course before its modules before their items.
 */
export const collections = [courses, members, modules, items, progress, drafts] as const;

export type CollectionName = (typeof collections)[number]["name"];

/** The same, as the engines see it. */
export const registry: readonly CollectionDefinition[] = [...collections];

export const collectionNamed = (name: string): CollectionDefinition | undefined => registry.find((collection) => collection.name === name);
