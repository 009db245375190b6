import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { namedId, pairId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { createDocument, putDocument, updateDocument } from "../db/write.ts";
import { usePerson } from "../person.ts";

interface Place {
  readonly courseId: string;
  readonly itemId: string;
}

type ProgressChange = Pick<Progress, "done" | "seenAt" | "position">;

/** The one note of a person on a page: the same id on all their devices. */
export const noteId = (userId: string, itemId: string): string => namedId(pairId(userId, itemId), "note");

/** What a reader does on a page: all of it is kept on the device at once and sent when there is a network. */
export function usePageActions({ courseId, itemId }: Place) {
  const { collections, user, activity } = usePerson();
  const change = (next: (current: Progress | null) => ProgressChange) => {
    const userId = user().id;
    const id = pairId(userId, itemId);
    return putDocument<Progress>(collections.progress, id, (current) => ({ ...(current ?? { id, courseId, userId, itemId }), ...next(current) }));
  };
  return {
    /** The first look at a page; later ones change nothing. */
    markSeen: async (alreadySeen: boolean) => {
      if (!alreadySeen) await change((current) => ({ seenAt: current?.seenAt ?? systemClock.now() }));
    },
    setDone: async (value: boolean) => {
      await change(() => ({ done: { value, at: systemClock.now() } }));
      await activity.record({ verb: value ? "item.completed" : "item.reopened", courseId, itemId });
    },
    savePosition: (lang: Language, block: number) => change(() => ({ position: { lang, block, at: systemClock.now() } })),
    /** Opened, seconds in use, left: until `end` is called. */
    visit: (lang: Language) => activity.visit({ courseId, itemId, lang }),
    /** A solution was looked at for the first time in this visit. `part`: which exercise, 0-based. */
    revealed: (look: { lang: Language; part: number; visit: string }) => activity.record({ verb: "solution.revealed", courseId, itemId, ...look }),
    /** Keeps the note on this device. An emptied one stays as an empty document: its id is fixed, and what was removed cannot be made again. */
    saveNote: async (body: string, exists: boolean) => {
      const userId = user().id;
      const id = noteId(userId, itemId);
      if (body === "" && !exists) return;
      if (exists) await updateDocument(collections.drafts, id, (current) => ({ ...current, body }));
      else await createDocument(collections.drafts, { id, courseId, userId, itemId, kind: "note", body, createdAt: systemClock.now() });
    },
  };
}
