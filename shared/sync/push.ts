import * as z from "zod/mini";
import { COLLECTIONS_PER_REQUEST_MAX, PUSH_ROWS_MAX } from "../limits.ts";
import { CHECKPOINT_CHARACTERS_MAX, PulledDocument, Revision } from "./pull.ts";

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
    .array(z.strictObject({ collection: z.string().check(z.maxLength(40)), rows: z.array(PushRow).check(z.maxLength(PUSH_ROWS_MAX)) }))
    .check(z.minLength(1), z.maxLength(COLLECTIONS_PER_REQUEST_MAX)),
  /** The checkpoints that the device has reached: a server that was put back to before one of them answers `epoch_changed` and writes nothing. */
  seen: z.optional(z.array(z.string().check(z.maxLength(CHECKPOINT_CHARACTERS_MAX))).check(z.maxLength(COLLECTIONS_PER_REQUEST_MAX))),
  /** As in a pull. */
  taken: z.optional(Revision),
});
export type PushRequest = z.infer<typeof PushRequest>;

/**
 * `conflicts`: current masters (or removal stubs) of every row that was not stored exactly as sent. The device takes them.
 * `rejected`: the rows among them that were refused; what they held is kept on the device as rescued work.
 */
export const PushResponse = z.object({
  results: z.array(
    z.object({
      collection: z.string(),
      conflicts: z.array(PulledDocument),
      rejected: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
    }),
  ),
});
export type PushResponse = z.infer<typeof PushResponse>;
