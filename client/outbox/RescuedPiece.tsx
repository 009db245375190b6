import { createEffect, createSignal, For, on, Show } from "solid-js";
import { formatDateTime } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { RescuedWork, WaysOut } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";
import { useOutboxActions } from "./actions.ts";
import { workKind } from "./entry-words.ts";
import { changesOf, textOf, useReason } from "./rescued-text.ts";

/** What the person wrote and, where something else stands, that too: field by field, whole. */
function Texts(props: { work: RescuedWork }) {
  const words = useWords();
  const changes = () => changesOf(props.work);
  return (
    <Show when={props.work.text === "" || changes().length > 0} fallback={<blockquote class="quote-box said">{props.work.text}</blockquote>}>
      <For each={changes()}>
        {(change) => (
          <dl class="two-texts">
            <div>
              <dt class="small soft" classList={{ unseen: change.field === "body" && !props.work.theirs }}>{props.work.theirs ? words("outbox.yours", { field: change.label }) : change.label}</dt>
              <dd class="quote-box said">{change.after || words("outbox.empty_field")}</dd>
            </div>
            <Show when={props.work.theirs}>
              <div>
                <dt class="small soft">{words("outbox.theirs", { field: change.label })}</dt>
                <dd class="quote-box said">{change.before || words("outbox.empty_field")}</dd>
              </div>
            </Show>
          </dl>
        )}
      </For>
    </Show>
  );
}

/** One piece of work that was not taken: why, in plain words, and all of it, to send again, to copy, to keep in one's note or to let go. */
export function RescuedPiece(props: { work: RescuedWork; name: string }) {
  const words = useWords();
  const now = useNow();
  const actions = useOutboxActions();
  const reason = useReason();
  const [busy, setBusy] = createSignal(false);
  const [ways, setWays] = createSignal<WaysOut>();
  // Again when the status changes: by then the person may be back in the course.
  createEffect(on([() => props.work, actions.status], ([work]) => void actions.waysOut(work).then(setWays)));
  const copy = async () => showToast(words((await actions.copy(textOf(props.work))) ? "outbox.copied" : "outbox.notCopied"));
  const sendAgain = async () => {
    setBusy(true);
    showToast(words((await actions.sendAgain(props.work)) ? "outbox.sentAgain" : "outbox.notSentAgain"));
    setBusy(false);
  };
  const keep = async () => {
    const kept = await actions.keepInNote(props.work, textOf(props.work));
    showToast(words(kept ? "outbox.keptInNote" : "outbox.noteFull"));
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
        {reason(props.work, ways())} {words("outbox.written", { when: formatDateTime(props.work.writtenAt ?? props.work.at, now()) })}
      </p>
      <Texts work={props.work} />
      <div class="btns">
        <Show when={ways()?.send}>
          <Button icon="sync" busy={busy()} onClick={() => void sendAgain()}>
            {words("outbox.sendAgain")}
          </Button>
        </Show>
        {/* What somebody has read is no text of theirs. */}
        <Show when={workKind(props.work) !== "progress" && textOf(props.work)}>
          <Button look={ways()?.send ? "soft" : "primary"} icon="copy" onClick={() => void copy()}>
            {words("outbox.copy")}
          </Button>
          <Show when={ways()?.note}>
            <Button look="soft" icon="pencil" onClick={() => void keep()}>
              {words("outbox.keepInNote")}
            </Button>
          </Show>
        </Show>
        <Button look="bare" onClick={() => void discard()}>
          {words("outbox.discard")}
        </Button>
      </div>
      <Show when={ways()?.inCourse === false}>
        <p class="small soft mt-2">{words("outbox.whenBack")}</p>
      </Show>
    </article>
  );
}
