import { For, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import type { OutlineEntry } from "./outline.ts";

/** Where one is on a long page, and the way to its parts. `here`: the id of the part in view, null at the beginning. */
export function TableOfContents(props: { entries: readonly OutlineEntry[]; here: string | null; title: string }) {
  const words = useWords();
  return (
    <Show when={props.entries.length > 0}>
      <nav class="toc" aria-label={words("page.onThisPage")}>
        <p class="label mb-4">{words("page.onThisPage")}</p>
        <a href="#main" target="_self" aria-current={props.here === null ? "location" : undefined}>
          {props.title}
        </a>
        <For each={props.entries}>
          {(entry) => (
            <a href={`#${entry.id}`} target="_self" aria-current={entry.id === props.here ? "location" : undefined}>
              {entry.text}
            </a>
          )}
        </For>
      </nav>
    </Show>
  );
}
