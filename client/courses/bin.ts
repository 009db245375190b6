import type { Accessor } from "solid-js";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { useRows } from "../db/live-query.ts";
import { usePerson } from "../person.ts";
import { createReconciled } from "../ui/live.ts";
import type { RowKind } from "./builder-actions.ts";
import { usePages } from "./queries.ts";

export interface BinnedRow {
  readonly kind: RowKind;
  readonly id: string;
  readonly title: Localized<string>;
}

/** What is in a course's bin, as its staff have it: modules, and pages of modules that are not in it themselves. */
export function useBin(courseId: Accessor<string>): Accessor<readonly BinnedRow[] | undefined> {
  const { collections } = usePerson();
  const modules = useRows<Module>(() => collections.modules.find({ selector: { courseId: courseId() } }));
  const pages = usePages();
  return createReconciled(() => {
    const [m, p] = [modules(), pages()];
    if (!m || !p) return undefined;
    const standing = new Set(m.filter(({ state }) => state !== "trashed").map(({ id }) => id));
    const binned = p.filter((page) => page.courseId === courseId() && page.state === "trashed" && standing.has(page.moduleId));
    return [
      ...m.filter(({ state }) => state === "trashed").map(({ id, title }): BinnedRow => ({ kind: "module", id, title })),
      ...binned.map(({ id, title }): BinnedRow => ({ kind: "page", id, title })),
    ];
  });
}
