import { createEffect, createSignal, onCleanup, onMount, Show } from "solid-js";
import { formatTime } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Icon } from "../ui/Icon.tsx";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { usePageActions } from "./actions.ts";
import { useNote } from "./queries.ts";

/** DECISIONS 8: a draft is written 5 s after the last key, and when the page is hidden. */
const SAVE_AFTER_MS = 5_000;
/** 64 KiB with room for letters of several bytes. */
const NOTE_CHARACTERS_MAX = 20_000;

/** A person's own words beside a page: private, on this device first. */
export function NoteFold(props: { courseId: string; itemId: string }) {
  const words = useWords();
  const note = useNote(props.itemId);
  const actions = usePageActions(props);
  const [text, setText] = createSignal("");
  const [dirty, setDirty] = createSignal(false);
  const [savedAt, setSavedAt] = createSignal<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Another device's version comes in only while this one has nothing unsaved.
  createEffect(() => {
    const stored = note();
    if (stored !== undefined && !dirty()) setText(stored?.body ?? "");
  });
  const save = async () => {
    clearTimeout(timer);
    if (!dirty() || note() === undefined) return;
    const body = text();
    setDirty(false);
    await actions.saveNote(body, note() !== null);
    setSavedAt(systemClock.now());
  };
  const onHide = () => {
    if (document.visibilityState === "hidden") void save();
  };
  onMount(() => {
    document.addEventListener("visibilitychange", onHide);
    onCleanup(() => {
      document.removeEventListener("visibilitychange", onHide);
      void save();
    });
  });
  const onInput = (value: string) => {
    setText(value);
    setDirty(true);
    clearTimeout(timer);
    timer = setTimeout(() => void save(), SAVE_AFTER_MS);
  };
  return (
    <details class="fold note-fold" open={Boolean(note()?.body)}>
      <summary>
        <Icon name="chevron-right" small flip />
        {words("page.yourNote")}
      </summary>
      <textarea
        class="input said"
        rows={4}
        maxlength={NOTE_CHARACTERS_MAX}
        aria-label={words("page.yourNote")}
        aria-describedby="note-kept"
        value={text()}
        onInput={(event) => onInput(event.currentTarget.value)}
        onBlur={() => void save()}
      />
      <p class="small soft mt-2" id="note-kept" role="status">
        <Show when={dirty()} fallback={<Show when={savedAt()} fallback={words("page.noteWhere")}>{(at) => words("page.noteKept", { time: formatTime(at()) })}</Show>}>
          {words("page.noteTyping")}
        </Show>
      </p>
    </details>
  );
}
