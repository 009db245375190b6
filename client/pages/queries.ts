import { type Accessor, createMemo } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { type BodyItem, bodyId, type EditionItem, editionId, type Item, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { roleOf, teachersOf } from "../courses/course-summary.ts";
import { usePages } from "../courses/queries.ts";
import { useOne, useRows } from "../db/live-query.ts";
import { inCourseOrder } from "../home/resume.ts";
import { usePerson } from "../person.ts";
import { noteId } from "./actions.ts";

interface Place {
  readonly courseId: string;
  readonly itemId: string;
}

/** The page's own row, its edition, and the course around it. */
export function usePage({ courseId, itemId }: Place) {
  const { collections, user } = usePerson();
  const item = useOne<Item>(() => collections.items.findOne(itemId));
  const edition = useOne<Item>(() => collections.items.findOne(editionId(itemId)));
  const course = useOne<Course>(() => collections.courses.findOne(courseId));
  const modules = useRows<Module>(() => collections.modules.find({ selector: { courseId } }));
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId } }));
  const pages = usePages();
  const ordered = createMemo(() => inCourseOrder(pages()?.filter((page) => page.courseId === courseId) ?? [], modules() ?? []));
  const number = createMemo(() => ordered().findIndex((page) => page.id === itemId));
  return {
    page: createMemo((): PageItem | null | undefined => {
      const row = item();
      return row && (row.kind === "page" ? row : null);
    }),
    edition: createMemo((): EditionItem | null => {
      const row = edition();
      return row?.kind === "edition" ? row : null;
    }),
    editionKnown: () => edition() !== undefined,
    course,
    module: createMemo(() => modules()?.find((module) => module.id === (item() as PageItem | null | undefined)?.moduleId)),
    modulesKnown: () => modules() !== undefined,
    moduleNumber: createMemo(() => {
      const shown = [...new Set(ordered().map((page) => page.moduleId))];
      return shown.indexOf((item() as PageItem | null | undefined)?.moduleId ?? "") + 1;
    }),
    teachers: createMemo(() => teachersOf(members() ?? [], courseId)),
    role: createMemo(() => roleOf(members() ?? [], courseId, user().id)),
    /** 1-based place among the pages of the course; 0 for a page that is not listed. */
    number: () => number() + 1,
    of: () => ordered().length,
    previous: () => ordered()[number() - 1],
    next: () => (number() < 0 ? undefined : ordered()[number() + 1]),
  };
}

/** The text in the language wanted, else in another that exists; null if there is none on this device. */
export function useBody(itemId: string, wanted: Accessor<Language>, available: Accessor<readonly Language[]>): Accessor<BodyItem | null | undefined> {
  const { collections } = usePerson();
  const lang = createMemo(() => [wanted(), ...languages].find((one) => available().includes(one)) ?? wanted());
  const row = useOne<Item>(() => collections.items.findOne(bodyId(itemId, lang())));
  return createMemo(() => {
    const body = row();
    return body && (body.kind === "body" ? body : null);
  });
}

export function useItemProgress(itemId: string): Accessor<Progress | null | undefined> {
  const { collections, user } = usePerson();
  return useOne<Progress>(() => collections.progress.findOne(pairId(user().id, itemId)));
}

export function useNote(itemId: string): Accessor<Draft | null | undefined> {
  const { collections, user } = usePerson();
  return useOne<Draft>(() => collections.drafts.findOne(noteId(user().id, itemId)));
}
