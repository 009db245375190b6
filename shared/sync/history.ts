import * as z from "zod/mini";
import { Instant, Uuid } from "../kernel/schema.ts";
import { HISTORY_VERSIONS_MAX } from "../limits.ts";

/** GET /api/sync/history: the versions of one document, newest first. `before`: what an earlier page of the answer gave as `more`. */
export const HistoryQuery = z.strictObject({
  collection: z.string().check(z.maxLength(40)),
  id: Uuid,
  before: z.optional(z.string().check(z.regex(/^\d{1,18}$/))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(2), z.lte(HISTORY_VERSIONS_MAX)), HISTORY_VERSIONS_MAX),
});

/** A document as it stood once. */
export const HistoryVersion = z.object({
  rev: z.string(),
  /** From when on it stood; null for the earliest one that is kept, where that is not known. */
  at: z.nullable(Instant),
  /** Who made it so; null: the server, or not known any more. */
  by: z.nullable(z.object({ id: z.string(), name: z.string() })),
  /** Without `id` and `rev`. */
  fields: z.record(z.string(), z.unknown()),
});
export type HistoryVersion = z.infer<typeof HistoryVersion>;

export const HistoryAnswer = z.object({
  /** The first one of the first page is what stands now, unless `removed`. */
  versions: z.array(HistoryVersion),
  /** Where the next page begins; null: this is the earliest version that is kept. */
  more: z.nullable(z.string()),
  /** Nothing stands: the document was taken away. */
  removed: z.boolean(),
});
export type HistoryAnswer = z.infer<typeof HistoryAnswer>;
