import { createEffect, createSignal, on, onCleanup } from "solid-js";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../../i18n/formats.ts";
import { useEditorActions } from "./actions.ts";
import { useEditorWords } from "./words.ts";

const SAVE_MS = 600;

/** The page's title in one language. It is part of the page's row, so it is seen as soon as it is changed. */
export function TitleField(props: { itemId: string; lang: Language; title: string; editable: boolean }) {
  const words = useEditorWords();
  const actions = useEditorActions(props.itemId);
  const [typed, setTyped] = createSignal<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    const title = typed();
    if (title !== null && title !== props.title) void actions.setTitle(props.lang, title);
  };
  // What was typed has arrived, or somebody else has changed it since: the row is right again.
  createEffect(on(() => props.title, () => setTyped(null), { defer: true }));
  onCleanup(save);
  return (
    <textarea
      class="edit-title"
      rows="1"
      lang={props.lang}
      aria-label={words("editor.pageTitle", { language: formatLanguage(props.lang) })}
      placeholder={words("editor.titleMissing")}
      maxLength={TITLE_CHARACTERS_MAX}
      readOnly={!props.editable}
      value={typed() ?? props.title}
      onInput={(event) => {
        setTyped(event.currentTarget.value.replaceAll("\n", " "));
        clearTimeout(timer);
        timer = setTimeout(save, SAVE_MS);
      }}
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      onBlur={save}
    />
  );
}
