import * as z from "zod/mini";
import { COLLECTIONS_PER_REQUEST_MAX, PULL_DOCUMENTS_MAX } from "../limits.ts";
import { Checkpoint } from "./checkpoint.ts";
import { DocumentVersion } from "./document-version.ts";
import { Revision } from "./revision.ts";

/** W1, W5. 2: `version`. 3: `taken`. 4: pages of up to 400; the app asks for no size and takes what comes. */
export const version = 4;

/** POST /api/sync/pull: one request for all collections. */
export const PullRequest = z.strictObject({
  pulls: z
    .array(
      z.strictObject({
        collection: z.string().check(z.maxLength(40)),
        checkpoint: Checkpoint,
        limit: z.optional(z.int().check(z.gte(1), z.lte(PULL_DOCUMENTS_MAX))),
        version: DocumentVersion,
      }),
    )
    .check(z.minLength(1), z.maxLength(COLLECTIONS_PER_REQUEST_MAX)),
  /** Tells of each collection without news what the device should hold. Costs as much as there is: about once a day. */
  check: z.optional(z.literal(true)),
  /** Collections in which this device found a gap; it asks for them from the beginning. */
  gaps: z.optional(z.array(z.string().check(z.maxLength(40))).check(z.maxLength(COLLECTIONS_PER_REQUEST_MAX))),
  /** The last write of this device that was taken, until a page has brought it: no checkpoint of the device says that it was there. */
  taken: z.optional(Revision),
});
export type PullRequest = z.infer<typeof PullRequest>;
