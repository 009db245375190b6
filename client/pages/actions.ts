import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { putDocument } from "../db/write.ts";
import { usePerson } from "../person.ts";
import { forgetLastWords, keepLastWords } from "./last-words.ts";
import { type NotePlace, saveNote } from "./save-note.ts";

type ProgressChange = Pick<Progress, "done" | "seenAt" | "position" | "bookmark">;

/** What a reader does on a page: all of it is kept on the device at once and sent when there is a network. */
export function usePageActions({ courseId, itemId }: NotePlace, person = usePerson()) {
  const { collections, user, activity } = person;
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
    setBookmark: (value: boolean) => change(() => ({ bookmark: { value, at: systemClock.now() } })),
    savePosition: (lang: Language, block: number) => change(() => ({ position: { lang, block, at: systemClock.now() } })),
    /** Opened, seconds in use, left: until `end` is called. */
    visit: (lang: Language) => activity.visit({ courseId, itemId, lang }),
    /** A solution was looked at for the first time in this visit. `part`: which exercise, 0-based. */
    revealed: (look: { lang: Language; part: number; visit: string }) => activity.record({ verb: "solution.revealed", courseId, itemId, ...look }),
    /** Keeps the note on this device; resolves to what stands. */
    saveNote: (note: { body: string; base: string }) => saveNote(collections.drafts, { userId: user().id, courseId, itemId }, note),
    /** The page goes, with words that may not be kept yet. */
    keepLastWords: (words: { body: string; base: string }) => keepLastWords(user().id, { courseId, itemId, ...words }),
    forgetLastWords: (body: string) => forgetLastWords(user().id, { itemId, body }),
  };
}
