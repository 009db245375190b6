import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";

const DOCUMENT_BYTES = 500;

export type DraftDocument = ReturnType<typeof draftOf>;

function draftOf(userId: string, courseId: string, body: string) {
  const itemId = newId();
  const kind = "note" as const;
  return { id: draftId({ userId, itemId, kind }), rev: newRev(), userId, courseId, itemId, kind, body, createdAt: Date.now() };
}

/** New documents of a person, each of 500 bytes as JSON. */
export function makeDrafts(count: number, { userId, courseId }: { userId: string; courseId: string }): DraftDocument[] {
  const empty = JSON.stringify(draftOf(userId, courseId, "")).length;
  const body = "A note as somebody types it. ".repeat(20).slice(0, DOCUMENT_BYTES - empty);
  return Array.from({ length: count }, () => draftOf(userId, courseId, body));
}
