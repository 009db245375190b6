import * as z from "zod/mini";
import { Instant } from "../kernel/schema.ts";

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

/** Answer of GET /api/sync/history. */
export const HistoryAnswer = z.object({
  /** The first one of the first page is what stands now, unless `removed`. */
  versions: z.array(HistoryVersion),
  /** Where the next page begins; null: this is the earliest version that is kept. */
  more: z.nullable(z.string()),
  /** Nothing stands: the document was taken away. */
  removed: z.boolean(),
});
export type HistoryAnswer = z.infer<typeof HistoryAnswer>;
