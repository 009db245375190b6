import { createEffect, createSignal, on, onCleanup, onMount } from "solid-js";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../../i18n/formats.ts";
import { createTyped } from "../../users/typed.ts";
import { useEditorActions } from "./actions.ts";
import { useEditorWords } from "./words.ts";

const SAVE_MS = 600;

/**
 * The page's title in one language. It is part of the page's row, so it is seen as soon as it is changed. What is typed stands until the row says it:
 * a key that comes while the ones before are written is not taken back by them, and a reload before they are written takes nothing.
 */
export function TitleField(props: { itemId: string; lang: Language; title: string; editable: boolean }) {
  const words = useEditorWords();
  const actions = useEditorActions(props.itemId);
  const kept = createTyped<string | null>(`title-${props.itemId}-${props.lang}`, () => null);
  const [typed, setTyped] = createSignal(kept.value());
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What this field wrote last, and what the row said before: the device may tell it late. */
  let [sent, before]: (string | null)[] = [null, null];
  let isWritten = false;
  const settle = () => {
    if (!isWritten || typed() !== sent || props.title === before) return;
    setTyped(null);
    sent = null;
  };
  const save = async () => {
    clearTimeout(timer);
    const title = typed();
    if (title === null || title === sent) return;
    [sent, before, isWritten] = [title, props.title, false];
    await actions.setTitle(props.lang, title);
    if (sent !== title) return;
    isWritten = true;
    if (typed() === title) kept.done();
    settle();
  };
  const input = (title: string) => {
    setTyped(title);
    kept.set(title);
    clearTimeout(timer);
    timer = setTimeout(() => void save(), SAVE_MS);
  };
  // It has arrived, or somebody else has changed it since: the row is right again.
  createEffect(on(() => props.title, settle, { defer: true }));
  onMount(() => void save());
  onCleanup(() => void save());
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
      onInput={(event) => input(event.currentTarget.value.replaceAll("\n", " "))}
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      onBlur={() => void save()}
    />
  );
}
