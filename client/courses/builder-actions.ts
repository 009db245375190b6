import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Item, PageItem } from "@mochila/shared/pages/schema.ts";
import { createDocument, updateDocument } from "../db/write.ts";
import { usePerson } from "../person.ts";
import { keyAtEnd, moveBy, type Ordered } from "./arrange.ts";
import { cleanTitle } from "./clean-title.ts";

export type RowKind = "module" | "page";
export type RowState = Module["state"];

/** What an instructor does to the shape of a course: on the device at once, offline too. */
export function useBuilderActions(courseId: string) {
  const { collections } = usePerson();
  const change = (kind: RowKind, id: string, next: Partial<Pick<Module, "title" | "order" | "state">>) =>
    kind === "module"
      ? updateDocument<Module>(collections.modules, id, (current) => ({ ...current, ...next }))
      : updateDocument<Item>(collections.items, id, (current) => ({ ...(current as PageItem), ...next }));
  return {
    addModule: async (title: Localized<string>, siblings: readonly Ordered[]) => {
      const id = newId();
      await createDocument<Module>(collections.modules, { id, courseId, title, order: keyAtEnd(siblings), state: "draft" });
      return id;
    },
    addPage: async (moduleId: string, title: Localized<string>, siblings: readonly Ordered[]) => {
      const id = newId();
      await createDocument<Item>(collections.items, { id, courseId, kind: "page", moduleId, title, order: keyAtEnd(siblings), state: "draft" });
      return id;
    },
    rename: (kind: RowKind, id: string, title: Localized<string>) => change(kind, id, { title }),
    setState: (kind: RowKind, id: string, state: RowState) => change(kind, id, { state }),
    /** Answers whether anything moved. */
    move: async (kind: RowKind, { id, siblings, step }: { id: string; siblings: readonly Ordered[]; step: -1 | 1 }) => {
      const changes = moveBy(siblings, id, step);
      for (const { id: moved, order } of changes) await change(kind, moved, { order });
      return changes.length > 0;
    },
    changeCourse: (next: Partial<Pick<Course, "languages" | "state">>) => updateDocument<Course>(collections.courses, courseId, (current) => ({ ...current, ...next })),
    /** In the languages that are given; what stands in the others stays. */
    changeDetails: ({ title, description }: Pick<Course, "title" | "description">) =>
      updateDocument<Course>(collections.courses, courseId, (current) => ({ ...current, title: cleanTitle({ ...current.title, ...title }), description: { ...current.description, ...description } })),
  };
}
