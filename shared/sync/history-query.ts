import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";
import { HISTORY_VERSIONS_MAX } from "../limits.ts";

// Apart from the answer: an app that reads answers need not load what reads questions.

/** GET /api/sync/history: the versions of one document, newest first. `before`: what an earlier page of the answer gave as `more`. */
export const HistoryQuery = z.strictObject({
  collection: z.string().check(z.maxLength(40)),
  id: Uuid,
  before: z.optional(z.string().check(z.regex(/^\d{1,18}$/))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(2), z.lte(HISTORY_VERSIONS_MAX)), HISTORY_VERSIONS_MAX),
});
