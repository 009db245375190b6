import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import type { ImportLine, PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { ImportCalls } from "./calls.ts";

/** While it runs: often enough that a person sees it move. */
const LOOK_MS = 1_000;

export const isAtWork = ({ state }: PeopleImport): boolean => state === "running" || state === "undoing";

/** One import as the school has it, looked at again and again while it is worked at. Undefined: not known yet. */
export function createImportNow(calls: ImportCalls, id: Accessor<string>) {
  const [now, setNow] = createSignal<PeopleImport | "gone" | "away">();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const put = (next: PeopleImport | "gone" | "away") => {
    setNow(next);
    clearTimeout(timer);
    if (typeof next === "string" ? next === "away" : isAtWork(next)) timer = setTimeout(() => void look(), LOOK_MS);
  };
  const look = async (): Promise<void> => {
    const asked = id();
    const next = await calls.read(asked).catch((error: unknown) => (error instanceof CodedError && error.code === "forbidden" ? ("gone" as const) : ("away" as const)));
    if (asked !== id()) return;
    // In the middle of the work a lost answer is no news.
    const before = now();
    if (next === "away" && typeof before === "object" && isAtWork(before)) timer = setTimeout(() => void look(), LOOK_MS);
    else put(next);
  };
  createEffect(
    on(id, () => {
      setNow(undefined);
      void look();
    }),
  );
  onCleanup(() => clearTimeout(timer));
  return { now, put, look };
}

const PAGE = "100";

export type LinesFilter = "all" | "problems" | "kept";

/** The lines of an import, page after page; anew when it has another state or filter. */
export function createImportLines(calls: ImportCalls, asked: Accessor<{ id: string; state: string; only: LinesFilter }>) {
  const [page, setPage] = createSignal<{ lines: readonly ImportLine[]; more: boolean }>();
  const [busy, setBusy] = createSignal(false);
  let question = 0;
  const load = async (before: readonly ImportLine[]): Promise<void> => {
    question += 1;
    const own = question;
    const { id, only } = asked();
    setBusy(true);
    const last = before.at(-1)?.line;
    const next = await calls.lines(id, { most: PAGE, ...(only !== "all" && { only }), ...(last !== undefined && { after: String(last) }) }).catch(() => null);
    if (own !== question) return;
    setBusy(false);
    if (next) setPage({ lines: [...before, ...next.lines], more: next.more });
  };
  createEffect(on(() => JSON.stringify(asked()), () => void load([])));
  return { page, busy, more: () => load(page()?.lines ?? []) };
}
