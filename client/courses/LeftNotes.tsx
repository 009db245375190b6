import { For, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { KeptNote } from "../pages/KeptNote.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useLeftNotes } from "./left-notes.ts";

/** Whoever leaves a course keeps what they wrote beside its pages. Nothing where there is none. */
export default function LeftNotes() {
  const words = useWords();
  const notes = useLeftNotes();
  return (
    <Show when={notes().length > 0}>
      <details class="fold section">
        <summary>
          <Icon name="chevron-right" small flip />
          {words("course.leftNotes", { count: notes().length })}
        </summary>
        <For each={notes()}>{(note) => <KeptNote note={note} />}</For>
      </details>
    </Show>
  );
}
