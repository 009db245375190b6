import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";

/** After the last key: a search is one question, not one a letter. */
const SEARCH_AFTER_MS = 250;

interface PagedParts<Filter, Page> {
  readonly filter: Accessor<Filter>;
  /** `before`: what is shown; the page after it is wanted. Null: the first one. */
  load(filter: Filter, before: Page | null): Promise<Page>;
  join(before: Page, next: Page): Page;
}

/** A list of the school as it is asked for: page after page, anew when the filter changes. Of answers that overtake each other the last question's counts. */
export function createPaged<Filter, Page extends object>({ filter, load, join }: PagedParts<Filter, Page>) {
  const [page, setPage] = createSignal<Page | null>();
  const [busy, setBusy] = createSignal(false);
  let asked = 0;
  /** What was laid over the list since the question: its answer may not know it. */
  let laid: ((now: Page) => Page)[] = [];
  const ask = async (before: Page | null): Promise<void> => {
    asked += 1;
    const question = asked;
    laid = [];
    setBusy(true);
    const next = await load(filter(), before).catch(() => null);
    if (question !== asked) return;
    setBusy(false);
    setPage(() => next && laid.reduce((now, lay) => lay(now), before ? join(before, next) : next));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(filter, (_, before) => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(null), before === undefined ? 0 : SEARCH_AFTER_MS);
    }),
  );
  onCleanup(() => clearTimeout(timer));
  return {
    /** Undefined: not known yet. Null: the school cannot be asked. */
    page,
    busy,
    more: () => ask(page() ?? null),
    again: () => ask(null),
    /** Lays over what is shown. */
    change: (lay: (now: Page) => Page): void => {
      laid.push(lay);
      setPage((now) => now && lay(now));
    },
  };
}
