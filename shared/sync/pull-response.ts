import * as z from "zod/mini";
import { Checkpoint } from "./checkpoint.ts";
import { Held } from "./held.ts";
import { PulledDocument } from "./pulled-document.ts";

/** W1, W2, F2. */
export const version = 1;

/**
 * In the order of the request. Nothing new: only `collection`. Never an empty page with a moved checkpoint: RxDB would not store it.
 * Read with tolerance, as every answer: a newer server may say more than an app that was not closed for weeks knows.
 */
export const PullResponse = z.object({
  results: z.array(
    z.object({
      collection: z.string(),
      documents: z.optional(z.array(PulledDocument)),
      checkpoint: z.optional(Checkpoint),
      more: z.optional(z.boolean()),
      /** Asked by `check`; absent while it cannot be said. */
      held: z.optional(Held),
    }),
  ),
});
export type PullResponse = z.infer<typeof PullResponse>;
