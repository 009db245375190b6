import { type Accessor, createMemo } from "solid-js";
import type { Module } from "@mochila/shared/courses/module.ts";
import { bodyId, type Item, type PageItem } from "@mochila/shared/pages/schema.ts";
import { wordsOf } from "@mochila/shared/pages/content.ts";
import { readingMinutes } from "../courses/course-tree.ts";
import { useOwnProgress, usePages } from "../courses/queries.ts";
import { useOne, useRows } from "../db/live-query.ts";
import { language } from "../i18n/language.ts";
import { pick, type Said } from "../i18n/localized.ts";
import { usePerson } from "../person.ts";
import { bookmarked, inCourseOrder, lately, type PageAt, resumeAt } from "./resume.ts";
import { activeDays, dayOf, streakOf, type WeekDay, weekOf } from "./streak.ts";

export interface Resume {
  readonly page: PageItem;
  readonly title: Said<string> | null;
  /** 1-based place among the pages of its course, and how many there are. */
  readonly number: number;
  readonly of: number;
  /** Opened before, and not done. */
  readonly begun: boolean;
  /** Share of the text already read, 0 to 1. */
  readonly share: number;
  readonly minutesLeft: number | null;
}

function useOrderedPages(): Accessor<readonly PageItem[] | undefined> {
  const { collections } = usePerson();
  const modules = useRows<Module>(() => collections.modules.find());
  const pages = usePages();
  return createMemo(() => {
    const [m, p] = [modules(), pages()];
    return m && p && inCourseOrder(p, m);
  });
}

/** As many as fit beside the courses without scrolling. */
const LATELY = 3;

/** The pages with a bookmark, and those that the person touched last. */
export function useKnownPages(): { readonly bookmarked: Accessor<readonly PageAt[]>; readonly lately: Accessor<readonly PageAt[]> } {
  const ordered = useOrderedPages();
  const progress = useOwnProgress();
  return {
    bookmarked: createMemo(() => bookmarked(ordered() ?? [], progress() ?? [])),
    lately: createMemo(() => lately(ordered() ?? [], progress() ?? [], LATELY)),
  };
}

/** The page to go on with: null if there is none, undefined until the device has answered. */
export function useResume(): Accessor<Resume | null | undefined> {
  const { collections } = usePerson();
  const ordered = useOrderedPages();
  const progress = useOwnProgress();
  const page = createMemo(() => {
    const [o, g] = [ordered(), progress()];
    return o && g && resumeAt(o, g);
  });
  const position = createMemo(() => progress()?.find((row) => row.itemId === page()?.id)?.position);
  const body = useOne<Item>(() => {
    const id = page()?.id;
    return id === undefined ? null : collections.items.findOne(bodyId(id, position()?.lang ?? language()));
  });
  return createMemo(() => {
    const here = page();
    if (!here) return here;
    const siblings = (ordered() ?? []).filter((other) => other.courseId === here.courseId);
    const text = body();
    const content = text?.kind === "body" ? text.content : null;
    const share = content && content.content.length > 0 ? Math.min(1, (position()?.block ?? 0) / content.content.length) : 0;
    return {
      page: here,
      title: pick(here.title, language()),
      number: siblings.findIndex((other) => other.id === here.id) + 1,
      of: siblings.length,
      begun: progress()?.some((row) => row.itemId === here.id && row.seenAt !== undefined) ?? false,
      share,
      minutesLeft: content ? Math.max(1, Math.round(readingMinutes(wordsOf(content)) * (1 - share))) : null,
    };
  });
}

/** The week and the days in a row, from what is on this device. */
export function useStreak(now: Accessor<number>): Accessor<{ days: number; week: readonly WeekDay[] }> {
  const progress = useOwnProgress();
  return createMemo(() => {
    const days = activeDays(progress() ?? []);
    const today = dayOf(now());
    return { days: streakOf(days, today), week: weekOf(days, today) };
  });
}
