import { type Accessor, createMemo } from "solid-js";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { useRows, useRowsById } from "../db/live-query.ts";
import { noteId } from "../pages/actions.ts";
import { usePerson } from "../person.ts";
import { useFirstSync } from "../storage/queries.ts";
import { useOwnProgress } from "./queries.ts";

/** The person's notes beside pages of courses that are no longer here. Found by the progress on those pages, which stays too: who wrote a note has opened its page. */
export function useLeftNotes(): Accessor<readonly Draft[]> {
  const { collections, user } = usePerson();
  const courses = useRows<Course>(() => collections.courses.find());
  const progress = useOwnProgress();
  const firstSync = useFirstSync();
  const pages = createMemo(
    () => {
      const here = new Set(courses()?.map(({ id }) => id));
      return courses() && !firstSync() ? (progress() ?? []).filter(({ courseId }) => !here.has(courseId)).map(({ itemId }) => itemId) : [];
    },
    [],
    { equals: (a, b) => a.join() === b.join() },
  );
  const notes = useRowsById<Draft>(() => (pages().length > 0 ? collections.drafts.findByIds(pages().map((itemId) => noteId(user().id, itemId))) : null));
  // While they are looked for anew the ones of before stand: taken away, a fold that somebody has opened would close.
  return createMemo<readonly Draft[]>((before) => notes()?.filter(({ body }) => body !== "") ?? (pages().length > 0 ? before : []), []);
}
