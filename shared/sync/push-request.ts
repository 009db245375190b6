import * as z from "zod/mini";
import { COLLECTIONS_PER_REQUEST_MAX, PUSH_ROWS_MAX } from "../limits.ts";
import { CHECKPOINT_CHARACTERS_MAX } from "./checkpoint.ts";
import { DocumentVersion } from "./document-version.ts";
import { Revision } from "./revision.ts";

/** W1, W3, P1. 2: `version`. 3: `taken`. */
export const version = 3;

const PushedDocument = z.record(z.string().check(z.maxLength(60)), z.unknown());

export const PushRow = z.strictObject({
  newDocumentState: PushedDocument,
  /** What the device believed the master to be when it wrote. Absent: it believes that it makes the document. */
  assumedMasterState: z.optional(PushedDocument),
  /** The server had taken this revision and knows it no more: a backup was put back. It is laid over what the backup holds. */
  again: z.optional(z.literal(true)),
});
export type PushRow = z.infer<typeof PushRow>;

/** POST /api/sync/push: collections in registry order, applied in that order, all rows in one transaction. */
export const PushRequest = z.strictObject({
  pushes: z
    .array(z.strictObject({ collection: z.string().check(z.maxLength(40)), version: DocumentVersion, rows: z.array(PushRow).check(z.maxLength(PUSH_ROWS_MAX)) }))
    .check(z.minLength(1), z.maxLength(COLLECTIONS_PER_REQUEST_MAX)),
  /** The checkpoints that the device has reached: a server that was put back to before one of them answers `epoch_changed` and writes nothing. */
  seen: z.optional(z.array(z.string().check(z.maxLength(CHECKPOINT_CHARACTERS_MAX))).check(z.maxLength(COLLECTIONS_PER_REQUEST_MAX))),
  /** As in a pull. */
  taken: z.optional(Revision),
});
export type PushRequest = z.infer<typeof PushRequest>;
