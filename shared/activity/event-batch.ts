import * as z from "zod/mini";
import { Instant, Uuid } from "../kernel/schema.ts";
import { EVENTS_PER_BATCH_MAX } from "../limits.ts";

/** W1, E-06. */
export const version = 1;

/** POST /api/events, gzip accepted. Bounds: EVENTS_PER_BATCH_MAX, EVENT_BATCH_BYTES_MAX unpacked. */
export const EventBatch = z.strictObject({
  stream: Uuid,
  /** The stream that this one goes on from, after a gap that could not be filled. */
  follows: z.optional(Uuid),
  sentAt: Instant,
  // Each event is checked on its own: a bad one is refused by number and the others pass.
  events: z.array(z.looseObject({ seq: z.int().check(z.gte(1)), id: Uuid })).check(z.minLength(1), z.maxLength(EVENTS_PER_BATCH_MAX)),
});
export type EventBatch = z.infer<typeof EventBatch>;
