import * as z from "zod/mini";
import { isStaff, mayTeach } from "../access/actor.ts";
import { courseScope, staffScope } from "../access/scope.ts";
import { courseDocumentBase, localized, LocalizedTitle, OrderKey, text } from "../kernel/schema.ts";
import { DOCUMENT_BYTES_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";

const Sentences = z.array(text(2_000)).check(z.maxLength(60));

export const Module = z.strictObject({
  ...courseDocumentBase,
  title: LocalizedTitle,
  order: OrderKey,
  state: z.enum(["draft", "published", "trashed"]),
  /** What the module asks, aims at and leaves behind, one sentence an element (inline Markdown: emphasis and code only). */
  questions: z.optional(localized(Sentences)),
  objectives: z.optional(localized(Sentences)),
  keyPoints: z.optional(localized(Sentences)),
  /** What the author says it takes, in minutes. */
  minutes: z.optional(z.int().check(z.gte(0), z.lte(10_000))),
});
export type Module = z.infer<typeof Module>;

const last = { writer: "client", merge: "last" } as const;

export const modules: CollectionDefinition<Module> = {
  name: "modules",
  number: 3,
  version: 1,
  schema: Module,
  fields: {
    courseId: { writer: "creation" },
    title: last,
    order: last,
    state: last,
    questions: last,
    objectives: last,
    keyPoints: last,
    minutes: last,
  },
  scopesOf: (module) => [module.state === "published" ? courseScope(module.courseId) : staffScope(module.courseId)],
  mayCreate: (actor, next) => mayTeach(actor, next.courseId),
  mayUpdate: (actor, current) => mayTeach(actor, current.courseId),
  mayDelete: () => false,
  mayReadHistory: (actor, { courseId }) => courseId !== null && isStaff(actor, courseId),
  bytesMax: DOCUMENT_BYTES_MAX,
};
