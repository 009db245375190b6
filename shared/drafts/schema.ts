import * as z from "zod/mini";
import { isMember } from "../access/actor.ts";
import { personScope } from "../access/scope.ts";
import { namedId, pairId } from "../kernel/ids.ts";
import { courseDocumentBase, Instant, text, Uuid } from "../kernel/schema.ts";
import { DRAFT_BYTES_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";

/** A person's private work in progress. Plain text; two devices' versions are merged by paragraph and nothing is dropped. */
export const Draft = z.strictObject({
  ...courseDocumentBase,
  userId: Uuid,
  itemId: Uuid,
  kind: z.enum(["note"]),
  body: text(DRAFT_BYTES_MAX),
  createdAt: Instant,
});
export type Draft = z.infer<typeof Draft>;

/** The one draft of a kind that a person has on an item: the same id on all their devices, also offline. */
export const draftId = ({ userId, itemId, kind }: Pick<Draft, "userId" | "itemId" | "kind">): string => namedId(pairId(userId, itemId), kind);

export const drafts: CollectionDefinition<Draft> = {
  name: "drafts",
  number: 6,
  version: 1,
  schema: Draft,
  fields: {
    courseId: { writer: "creation" },
    userId: { writer: "creation" },
    itemId: { writer: "creation" },
    kind: { writer: "creation" },
    body: { writer: "client", merge: "paragraphs" },
    createdAt: { writer: "creation", firstStands: true },
  },
  scopesOf: (draft) => [personScope(draft.userId)],
  mayCreate: (actor, next) => next.userId === actor.userId && isMember(actor, next.courseId) && next.id === draftId(next),
  mayUpdate: (actor, current) => current.userId === actor.userId && isMember(actor, current.courseId),
  mayDelete: (actor, current) => current.userId === actor.userId,
  mayReadHistory: (actor, { userId }) => userId === actor.userId,
  personal: true,
  bytesMax: DRAFT_BYTES_MAX + 2_048,
  history: "recent",
  // DECISIONS 8: written on the device at once, sent when the person pauses.
  sendAfterMs: 5_000,
};
