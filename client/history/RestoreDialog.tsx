import { For, Show } from "solid-js";
import type { FieldChange } from "../fields/field-changes.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { ChangeText } from "./ChangeText.tsx";
import { useHistoryWords } from "./words.ts";

interface RestoreDialogProps {
  /** What restoring changes in what stands now; null: nobody asks. */
  readonly changes: readonly FieldChange[] | null;
  /** A page's text goes through the editor, because several people may be writing it. */
  readonly inEditor: boolean;
  onRestore(): void;
  onClose(): void;
}

/** Says what will change before it does. */
export function RestoreDialog(props: RestoreDialogProps) {
  const words = useHistoryWords();
  const app = useWords();
  return (
    <Dialog
      open={props.changes !== null}
      title={words("history.restoreTitle")}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="soft" onClick={() => props.onClose()}>
            {app("shell.cancel")}
          </Button>
          <Button onClick={() => props.onRestore()}>{words(props.inEditor ? "history.toEditor" : "history.restoreDo")}</Button>
        </>
      }
    >
      <p>{words(props.inEditor ? "history.restoreBody" : "history.restoreText")}</p>
      {/* A long text scrolls in its place, so that the buttons stay in sight. */}
      <div class="changes-box" tabindex="0" role="group" aria-label={words("history.changes")}>
        <dl class="changes">
          <For each={props.changes}>{(change) => <ChangeText change={change} />}</For>
        </dl>
      </div>
      <Show when={props.changes?.length === 0}>
        <p class="small soft">{words("history.otherChange")}</p>
      </Show>
    </Dialog>
  );
}
