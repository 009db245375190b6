import { A } from "@solidjs/router";
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from "solid-js";
import { formatTime } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Icon } from "../ui/Icon.tsx";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { usePageActions } from "./actions.ts";
import { caretIn } from "./caret-in.ts";
import { NOTE_CHARACTERS_MAX } from "./note-bound.ts";
import { useNote } from "./queries.ts";

/** Kept on this device so soon after a key that a tab that is killed takes no more than a syllable. Sending waits longer: `sendAfterMs`. */
const KEEP_AFTER_MS = 100;

/** A person's own words beside a page: private, on this device first. */
export function NoteFold(props: { courseId: string; itemId: string }) {
  const words = useWords();
  const note = useNote(props.itemId);
  const actions = usePageActions(props);
  const [text, setText] = createSignal("");
  /** The text is not on the device yet. */
  const [dirty, setDirty] = createSignal(false);
  /** Opens by itself, and never closes so: who empties a note to write it anew still has the caret in it. */
  const hasHeldWords = createMemo((before: boolean) => before || Boolean(note()?.body), false);
  const [savedAt, setSavedAt] = createSignal<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> = Promise.resolve();
  /** What the words on screen were made from: the person has seen this much of what other devices wrote. */
  let base = "";
  /** What this screen wrote before `base`: the device may tell it late, and it must not come back over newer words. */
  let before: string | null = null;
  let area: HTMLTextAreaElement | undefined;
  const show = (stored: string) => {
    const [old, at] = [text(), area?.selectionStart ?? 0];
    [base, before] = [stored, null];
    setText(stored);
    if (!area || document.activeElement !== area || old === stored) return;
    // In an effect Solid puts the text on screen only after it: the caret would be set in the old one, and go to the end with the new one.
    area.value = stored;
    const caret = caretIn(stored, old, at);
    area.setSelectionRange(caret, caret);
  };
  const save = async () => {
    if (!dirty()) return;
    const body = text();
    if (body === base) {
      setDirty(false);
      const stored = note()?.body ?? "";
      return void (stored !== before && show(stored));
    }
    const stands = await actions.saveNote({ body, base });
    [before, base] = [base, body];
    setSavedAt(systemClock.now());
    if (text() !== body) return;
    setDirty(false);
    if (stands !== body) show(stands);
  };
  /** One write after the other, so that each knows what the one before left. */
  const saveNow = () => {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(save).catch((error: unknown) => {
      // The storage tries by itself for as long as there is hope; the words are still on screen, and the next key tries again.
      console.error(error);
    });
  };
  // What another tab or device wrote is shown at once; under words that are not saved yet it is merged with them, by saving them.
  createEffect(
    on(note, (stored) => {
      const body = stored?.body ?? "";
      if (stored === undefined || body === base || body === before) return;
      if (dirty()) saveNow();
      else show(body);
    }),
  );
  const onHide = () => document.visibilityState === "hidden" && saveNow();
  onMount(() => {
    document.addEventListener("visibilitychange", onHide);
    window.addEventListener("pagehide", saveNow);
    onCleanup(() => {
      document.removeEventListener("visibilitychange", onHide);
      window.removeEventListener("pagehide", saveNow);
      saveNow();
    });
  });
  const onInput = (value: string) => {
    setText(value);
    setDirty(true);
    // Not put off by further keys: who types without a pause is kept too.
    timer ??= setTimeout(saveNow, KEEP_AFTER_MS);
  };
  return (
    <details class="fold note-fold" open={hasHeldWords()}>
      <summary>
        <Icon name="chevron-right" small flip />
        {words("page.yourNote")}
      </summary>
      <textarea
        class="input said"
        ref={(element) => (area = element)}
        rows={4}
        maxlength={NOTE_CHARACTERS_MAX}
        aria-label={words("page.yourNote")}
        aria-describedby="note-kept"
        value={text()}
        onInput={(event) => onInput(event.currentTarget.value)}
        onBlur={saveNow}
      />
      <p class="small soft mt-2" id="note-kept" role="status">
        <Show when={dirty()} fallback={<Show when={savedAt()} fallback={words("page.noteWhere")}>{(at) => words("page.noteKept", { time: formatTime(at()) })}</Show>}>
          {words("page.noteTyping")}
        </Show>
      </p>
      <Show when={note()}>
        {(kept) => (
          <p class="small">
            <A href={`/history/drafts/${kept().id}`}>{words("page.noteHistory")}</A>
          </p>
        )}
      </Show>
    </details>
  );
}
