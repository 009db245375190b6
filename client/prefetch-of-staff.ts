import { createEffect, createMemo, onCleanup } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import { useRows } from "./db/live-query.ts";
import { loadUpload } from "./files/uploads.ts";
import { usePerson } from "./person.ts";

export const loadEditor = () => import("./pages/EditorView.tsx");
export const loadBuilder = () => import("./courses/CourseBuilderView.tsx");
export const loadCoursePeople = () => import("./courses/CoursePeopleView.tsx");
export const loadHistory = () => import("./history/HistoryView.tsx");

/** After the first screen has what it needs; the editor is larger than all of it. */
const AFTER_MS = 3_000;

/** Fetches what those who teach somewhere need, so that it also opens on a train. Students never load it, but for the history of a note. */
export function usePrefetchOfStaff(): void {
  const person = usePerson();
  const { collections, user } = person;
  const own = useRows<Member>(() => collections.members.find({ selector: { userId: user().id } }));
  const teaches = createMemo(() => own()?.some(({ role, state }) => state === "active" && (role === "instructor" || role === "assistant")) ?? false);
  createEffect(() => {
    if (!teaches()) return;
    // Offline and not yet here: it is fetched when it is opened.
    const timer = setTimeout(() => void Promise.allSettled([loadEditor().then(({ carryWishes }) => carryWishes(person)), loadBuilder(), loadHistory(), loadCoursePeople(), loadUpload()]), AFTER_MS);
    onCleanup(() => clearTimeout(timer));
  });
}
