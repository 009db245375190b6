import { createMemo, createSignal } from "solid-js";
import type { PersonLine } from "@mochila/shared/admin/person.ts";

/** Who is selected of a list; what is no longer shown is selected no more, so that nothing happens to somebody unseen. */
export function createSelection(shown: () => readonly PersonLine[]) {
  const [on, setOn] = createSignal(false);
  const [ids, setIds] = createSignal<ReadonlySet<string>>(new Set());
  const people = createMemo(() => shown().filter(({ id }) => ids().has(id)));
  return {
    on,
    people,
    has: (id: string): boolean => ids().has(id),
    toggle: (id: string) => setIds((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id]))),
    all: () => setIds(new Set(shown().map(({ id }) => id))),
    none: () => setIds(new Set<string>()),
    setOn: (next: boolean) => {
      setIds(new Set<string>());
      setOn(next);
    },
  };
}

export type Selection = ReturnType<typeof createSelection>;
