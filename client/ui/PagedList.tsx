import { createMemo, For, type JSX, Match, Show, Switch } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Button } from "./Button.tsx";
import { Empty, Skeleton } from "./Notice.tsx";
import type { createPaged } from "./paged.ts";

interface PagedListProps<Page extends { readonly more: boolean }, Line> {
  readonly list: Pick<ReturnType<typeof createPaged<unknown, Page>>, "page" | "busy" | "more" | "again">;
  readonly skeletonRows?: number;
  /** What is said where the school cannot be asked. */
  readonly awayTitle: string;
  readonly away: string;
  /** Where nothing is listed. */
  readonly none: JSX.Element;
  /** The button for the page after these. */
  readonly more: string;
  linesOf(page: Page): readonly Line[];
  children(line: Line): JSX.Element;
}

/** A list of the school as far as it was asked for: its lines, that it is coming, that there is none, or that it cannot be had. */
export function PagedList<Page extends { readonly more: boolean }, Line>(props: PagedListProps<Page, Line>) {
  const words = useWords();
  /** A line that says the same is the same one: an open menu and the focus stay in it when the list is asked for anew. */
  const lines = createMemo<readonly Line[] | null | undefined>((before) => {
    const page = props.list.page();
    const now = page && props.linesOf(page);
    if (!now || !before) return now;
    const known = new Map(before.map((line) => [JSON.stringify(line), line]));
    return now.map((line) => known.get(JSON.stringify(line)) ?? line);
  });
  return (
    <Switch>
      <Match when={props.list.page() === undefined}>
        <Skeleton label={words("shell.loading")} {...(props.skeletonRows !== undefined && { rows: props.skeletonRows })} />
      </Match>
      <Match when={props.list.page() === null}>
        <Empty title={props.awayTitle} action={<Button look="soft" busy={props.list.busy()} onClick={() => void props.list.again()}>{words("shell.tryAgain")}</Button>}>
          {props.away}
        </Empty>
      </Match>
      <Match when={lines()?.length === 0}>{props.none}</Match>
      <Match when={lines()}>
        {(shown) => (
          <>
            <ul class="rows" aria-busy={props.list.busy()}>
              <For each={shown()}>{(line) => <li>{props.children(line)}</li>}</For>
            </ul>
            <Show when={props.list.page()?.more}>
              <p class="mt-4">
                <Button look="soft" busy={props.list.busy()} onClick={() => void props.list.more()}>
                  {props.more}
                </Button>
              </p>
            </Show>
          </>
        )}
      </Match>
    </Switch>
  );
}
