import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { type Draft, draftId } from "@mochila/shared/drafts/schema.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { mergeParagraphs } from "@mochila/shared/sync/paragraphs.ts";
import { putDocument } from "../db/write.ts";
import { usePerson } from "../person.ts";

interface Place {
  readonly courseId: string;
  readonly itemId: string;
}

type ProgressChange = Pick<Progress, "done" | "seenAt" | "position" | "bookmark">;

/** A person's note on a page. */
export const noteId = (userId: string, itemId: string): string => draftId({ userId, itemId, kind: "note" });

/** What a reader does on a page: all of it is kept on the device at once and sent when there is a network. */
export function usePageActions({ courseId, itemId }: Place, person = usePerson()) {
  const { collections, user, activity, looking } = person;
  const change = async (next: (current: Progress | null) => ProgressChange) => {
    // Who looks as somebody else leaves no trace of their own: seen, and where they read.
    if (looking) return;
    const userId = user().id;
    const id = pairId(userId, itemId);
    await putDocument<Progress>(collections.progress, id, (current) => ({ ...(current ?? { id, courseId, userId, itemId }), ...next(current) }));
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
    /**
     * Keeps the note on this device. `base`: the text that the person began from; what another device wrote since stays beside theirs.
     * An emptied note stays as an empty document: its id is fixed, and what was removed cannot be made again. Resolves to what stands.
     */
    saveNote: async ({ body, base }: { body: string; base: string }): Promise<string> => {
      const userId = user().id;
      const id = noteId(userId, itemId);
      const made = { id, courseId, userId, itemId, kind: "note" as const, createdAt: systemClock.now() };
      let stands = body;
      await putDocument<Draft>(collections.drafts, id, (current) => {
        stands = current ? mergeParagraphs(base, body, current.body) : body;
        return { ...(current ?? made), body: stands };
      });
      return stands;
    },
  };
}
