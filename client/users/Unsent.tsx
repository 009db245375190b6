import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";

/** What the school does not have of a person's work: what waits to be sent, and what it did not take, which is not sent by itself. */
export function Unsent(props: { waiting: number; refused?: number }) {
  const words = useWords();
  return (
    <>
      <Show when={props.waiting}>{(count) => <span class="kept">{words("users.unsent", { count: count() })}</span>}</Show>
      <Show when={props.refused}>{(count) => <span class="alert-text">{words("users.refused", { count: count() })}</span>}</Show>
    </>
  );
}
