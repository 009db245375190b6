import * as z from "zod/mini";
import { Instant, Language, Uuid } from "../kernel/schema.ts";

/** W1, E-03. A verb that is added is a new version too. */
export const version = 1;

/** What can be counted. One line a verb; `lowValue` verbs are thinned out first when a device has no room. */
export const verbs = {
  "page.opened": { lowValue: false },
  "page.left": { lowValue: false },
  /** `seconds`: visible and in use since the last such event of this visit. */
  "page.viewed": { lowValue: true },
  "item.completed": { lowValue: false },
  "item.reopened": { lowValue: false },
  "solution.revealed": { lowValue: false },
  "course.kept": { lowValue: false },
  "page.edited": { lowValue: true },
} as const;
export type Verb = keyof typeof verbs;
export const Verb = z.enum(Object.keys(verbs) as [Verb, ...Verb[]]);

/** One thing that a person did, as the device recorded it. The actor is the session's, never the event's. */
export const ActivityEvent = z.strictObject({
  /** 1, 2, 3 … within the stream, given when the event is recorded for sending. */
  seq: z.int().check(z.gte(1)),
  /** UUIDv7; the same for ever, also in another stream. */
  id: Uuid,
  verb: Verb,
  courseId: Uuid,
  itemId: z.optional(Uuid),
  lang: z.optional(Language),
  /** One visit to a page: opened, viewed and left share it. */
  visit: z.optional(Uuid),
  /** The device's wall clock; may be wrong. */
  at: Instant,
  /** Milliseconds of the page's monotonic clock, and which run of it: tells jumps of the wall clock. */
  monotonicMs: z.number().check(z.gte(0), z.lte(1e13)),
  boot: Uuid,
  seconds: z.optional(z.number().check(z.gte(0), z.lte(86_400))),
  /** A part of the page, such as the index of an exercise. */
  part: z.optional(z.int().check(z.gte(0), z.lte(100_000))),
});
export type ActivityEvent = z.infer<typeof ActivityEvent>;
