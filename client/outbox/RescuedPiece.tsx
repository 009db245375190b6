import { createSignal, Show } from "solid-js";
import { formatAgo } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { RescuedWork } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";
import { useOutboxActions } from "./actions.ts";
import { refusalOf, workKind } from "./entry-words.ts";

/** One piece of work that was not taken: why, in plain words, and all of it, to copy, to send again or to let go. */
export function RescuedPiece(props: { work: RescuedWork; name: string }) {
  const words = useWords();
  const now = useNow();
  const actions = useOutboxActions();
  const [busy, setBusy] = createSignal(false);
  const copy = async () => {
    await actions.copy(props.work);
    showToast(words("outbox.copied"));
  };
  const sendAgain = async () => {
    setBusy(true);
    await actions.sendAgain(props.work);
    setBusy(false);
  };
  const discard = async () => {
    const bringBack = await actions.discard(props.work);
    showToast(words("outbox.discarded"), () => void bringBack());
  };
  return (
    <article class="refused">
      <h3 class="row-title">
        {words(`outbox.rescued_${workKind(props.work)}`)}
        <Show when={props.name}>: {props.name}</Show>
      </h3>
      <p class="small soft mt-2">
        {words(`outbox.refusal_${refusalOf(props.work.code)}`)} {words("outbox.wordsSafe", { ago: formatAgo(props.work.at, now()) })}
      </p>
      <Show when={props.work.text}>
        <blockquote class="quote-box said">{props.work.text}</blockquote>
      </Show>
      <div class="btns">
        <Show when={props.work.text}>
          <Button icon="copy" onClick={() => void copy()}>
            {words("outbox.copy")}
          </Button>
        </Show>
        <Button look="soft" busy={busy()} onClick={() => void sendAgain()}>
          {words("outbox.sendAgain")}
        </Button>
        <Button look="bare" onClick={() => void discard()}>
          {words("outbox.discard")}
        </Button>
      </div>
    </article>
  );
}
