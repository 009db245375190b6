import { createSignal, onCleanup, onMount, Show } from "solid-js";
import { Button } from "../../ui/Button.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { lastEnded, setLastEnded } from "./ended.ts";
import { said } from "./words.ts";

/** Says that one is oneself again, and why, until it was read. */
export function EndedNote() {
  const [shown, setShown] = createSignal(false);
  // After the empty place stands: a screen reader says what appears in it.
  onMount(() => requestAnimationFrame(() => setShown(true)));
  // Seen and left: it is no news for the next visit, or for the next person.
  onCleanup(() => setLastEnded(null));
  return (
    <div role="status">
      <Show when={shown() && lastEnded()}>
        {(last) => (
          <Banner icon="eye" role="info" action={<Button look="bare" onClick={() => setLastEnded(null)}>{said("acting.close")}</Button>}>
            <span data-ended={last().how}>{said(`acting.ended_${last().how}`, { name: last().name })}</span>
          </Banner>
        )}
      </Show>
    </div>
  );
}
