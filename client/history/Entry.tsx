import { For, Show } from "solid-js";
import { formatAgo, formatDateTime } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useNow } from "../ui/now.ts";
import { useUser } from "../users/queries.ts";
import { ChangeText } from "./ChangeText.tsx";
import type { HistoryEntry } from "./entries.ts";
import { shownName } from "../users/shown-name.ts";
import { useHistoryWords } from "./words.ts";

const HOUR_MS = 3_600_000;

/** One version: who made it, when, and what it changed. */
export function Entry(props: { entry: HistoryEntry; mayRestore: boolean; onRestore: () => void }) {
  const words = useHistoryWords();
  const user = useUser();
  const now = useNow();
  const who = () => {
    const { by } = props.entry.version;
    return by === null ? words("history.school") : by.id === user().id ? words("history.you") : shownName(by.name);
  };
  const when = () => {
    const { at } = props.entry.version;
    return at === null ? words("history.unknownTime") : now() - at < HOUR_MS ? formatAgo(at, now()) : formatDateTime(at, now());
  };
  const changes = () => (
    <dl class="changes">
      <For each={props.entry.changes}>{(change) => <ChangeText change={change} earliest={props.entry.isEarliest} />}</For>
    </dl>
  );
  return (
    <li class="version">
      <div class="line between">
        <h2 class="row-title">{who()}</h2>
        <Show when={props.entry.isNow}>
          <span class="tag">{words("history.now")}</span>
        </Show>
      </div>
      <p class="row-meta">
        <Show when={props.entry.version.at !== null}>
          <span>{when()}</span>
        </Show>
        <Show when={props.entry.isEarliest}>
          <span>{words("history.earliest")}</span>
        </Show>
      </p>
      <Show when={props.entry.isEarliest} fallback={changes()}>
        <details class="fold">
          <summary>
            <Icon name="chevron-right" small flip />
            {words("history.earliestShow")}
          </summary>
          {changes()}
        </details>
      </Show>
      <Show when={props.entry.unread}>{(kind) => <p class="small soft mt-2">{words(kind() === "form" ? "history.formOnly" : "history.otherChange")}</p>}</Show>
      <Show when={props.mayRestore && !props.entry.isNow}>
        <p class="btns mt-2">
          <Button look="soft" icon="history" aria-label={words("history.restoreNamed", { when: when() })} onClick={() => props.onRestore()}>
            {words("history.restore")}
          </Button>
        </p>
      </Show>
    </li>
  );
}
