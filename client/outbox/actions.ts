import { noteId, usePageActions } from "../pages/actions.ts";
import { NOTE_CHARACTERS_MAX } from "../pages/note-bound.ts";
import { type RescuedWork, usePerson } from "../person.ts";
import { copyText } from "../ui/clipboard.ts";

/** What a person does about work that waits, or that was refused. Each answers whether it was done. */
export function useOutboxActions() {
  const person = usePerson();
  const { sync, collections, user } = person;
  const done = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      (error: unknown) => {
        console.error(error);
        return false;
      },
    );
  return {
    status: sync.status,
    sendNow: () => sync.syncNow(),
    waysOut: (work: RescuedWork) => sync.waysOut(work),
    copy: copyText,
    sendAgain: (work: RescuedWork) => done(sync.sendRescuedAgain(work.key)),
    /** Behind what the note on the page says already; the piece goes, because its text is there then. False: the note has no room for it. */
    keepInNote: async ({ key, courseId, itemId }: RescuedWork, text: string): Promise<boolean> => {
      if (courseId === null || itemId === null) return false;
      const base = (await collections.drafts.findOne(noteId(user().id, itemId)).exec())?.body ?? "";
      const body = base ? `${base}\n\n${text}` : text;
      if (body.length > NOTE_CHARACTERS_MAX) return false;
      await usePageActions({ courseId, itemId }, person).saveNote({ body, base });
      await sync.discardRescued(key);
      return true;
    },
    /** Answers what brings it back. */
    discard: async (work: RescuedWork) => {
      await sync.discardRescued(work.key);
      return () => sync.restoreRescued(work);
    },
  };
}
