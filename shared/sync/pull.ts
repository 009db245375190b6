import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";
import { COLLECTIONS_PER_REQUEST_MAX, PULL_DOCUMENTS_MAX } from "../limits.ts";

export const CHECKPOINT_CHARACTERS_MAX = 4_096;
/** Opaque to the device: it stores what the server returned and sends it back. `null` at first. */
export const Checkpoint = z.nullable(z.string().check(z.maxLength(CHECKPOINT_CHARACTERS_MAX)));
export type Checkpoint = z.infer<typeof Checkpoint>;

/** A device's write that the server has taken. */
export const Revision = z.strictObject({ id: Uuid, rev: Uuid });
export type Revision = z.infer<typeof Revision>;

/** POST /api/sync/pull: one request for all collections. */
export const PullRequest = z.strictObject({
  pulls: z
    .array(
      z.strictObject({
        collection: z.string().check(z.maxLength(40)),
        checkpoint: Checkpoint,
        limit: z.optional(z.int().check(z.gte(1), z.lte(PULL_DOCUMENTS_MAX))),
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

/** A flat document, or `{id, _deleted: true}` for what this person must no longer hold. */
export const PulledDocument = z.looseObject({ id: z.string(), _deleted: z.optional(z.boolean()) });
export type PulledDocument = z.infer<typeof PulledDocument>;

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
      held: z.optional(z.object({ count: z.int(), digest: z.string() })),
    }),
  ),
});
export type PullResponse = z.infer<typeof PullResponse>;

/**
 * Header of an answer to a pull: where the pages after this one begin, by collection, for those that have `more`. It comes before the
 * body, so that a device may ask for the next page while this one is on its way. A hint: whoever does not read it loses time.
 */
export const NEXT_PAGES_HEADER = "mochila-next-pages";
const NextPages = z.record(z.string(), Checkpoint);
export type NextPages = z.infer<typeof NextPages>;

export const nextPagesOf = ({ results }: { readonly results: readonly Omit<PullResponse["results"][number], "documents">[] }): NextPages =>
  Object.fromEntries(results.flatMap(({ collection, checkpoint = null, more }) => (more ? [[collection, checkpoint]] : [])));

/** What the header says; nothing if it is absent or not ours. */
export function readNextPages(header: string | null): NextPages {
  if (header === null) return {};
  try {
    return NextPages.parse(JSON.parse(header));
  } catch {
    return {};
  }
}
