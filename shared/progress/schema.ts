import * as z from "zod/mini";
import { isMember } from "../access/actor.ts";
import { personScope } from "../access/scope.ts";
import { pairId } from "../kernel/ids.ts";
import { courseDocumentBase, Instant, Language, Uuid } from "../kernel/schema.ts";
import { DOCUMENT_BYTES_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";

/** One person and one item. Its id is `pairId(userId, itemId)`, so that two devices offline write the same document. */
export const Progress = z.strictObject({
  ...courseDocumentBase,
  userId: Uuid,
  itemId: Uuid,
  /** The last action wins: done, or done no more. */
  done: z.optional(z.strictObject({ value: z.boolean(), at: Instant })),
  /** When the item was first opened: the earliest of all devices. */
  seenAt: z.optional(Instant),
  /** Where the person was: index of the first visible block of the text in `lang`, 0-based. */
  position: z.optional(z.strictObject({ lang: Language, block: z.int().check(z.gte(0), z.lte(100_000)), at: Instant })),
  /** Points between 0 and 1: the best of all tries. */
  score: z.optional(z.number().check(z.gte(0), z.lte(1))),
  /** To be found again from the home screen, or no more: the last action wins. */
  bookmark: z.optional(z.strictObject({ value: z.boolean(), at: Instant })),
});
export type Progress = z.infer<typeof Progress>;

export const progress: CollectionDefinition<Progress> = {
  name: "progress",
  number: 5,
  // 2: `bookmark`.
  version: 2,
  schema: Progress,
  fields: {
    courseId: { writer: "creation" },
    userId: { writer: "creation" },
    itemId: { writer: "creation" },
    done: { writer: "client", merge: "latest" },
    seenAt: { writer: "client", merge: "minimum" },
    position: { writer: "client", merge: "latest" },
    score: { writer: "client", merge: "maximum" },
    bookmark: { writer: "client", merge: "latest", since: 2 },
  },
  scopesOf: (row) => [personScope(row.userId)],
  mayCreate: (actor, next) =>
    next.userId === actor.userId && isMember(actor, next.courseId) && next.id === pairId(next.userId, next.itemId),
  mayUpdate: (actor, current) => current.userId === actor.userId && isMember(actor, current.courseId),
  mayDelete: () => false,
  bytesMax: DOCUMENT_BYTES_MAX,
  history: "none",
};
