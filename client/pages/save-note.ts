import type { RxCollection } from "rxdb/plugins/core";
import { type Draft, draftId } from "@mochila/shared/drafts/schema.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { mergeParagraphs } from "@mochila/shared/sync/paragraphs.ts";
import { putDocument } from "../db/write.ts";

export interface NotePlace {
  readonly courseId: string;
  readonly itemId: string;
}

/** A person's note on a page. */
export const noteId = (userId: string, itemId: string): string => draftId({ userId, itemId, kind: "note" });

/**
 * Keeps a note on this device. `base`: the text that the person began from; what another device wrote since stays beside theirs.
 * An emptied note stays as an empty document: its id is fixed, and what was removed cannot be made again. Resolves to what stands.
 */
export async function saveNote(drafts: RxCollection<Draft>, { userId, courseId, itemId }: NotePlace & { readonly userId: string }, { body, base }: { body: string; base: string }): Promise<string> {
  const id = noteId(userId, itemId);
  const made = { id, courseId, userId, itemId, kind: "note" as const, createdAt: systemClock.now() };
  let stands = body;
  await putDocument<Draft>(drafts, id, (current) => {
    stands = current ? mergeParagraphs(base, body, current.body) : body;
    return { ...(current ?? made), body: stands };
  });
  return stands;
}
