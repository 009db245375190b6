import { For } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Switch } from "../ui/Field.tsx";
import { enableShortcuts, shortcutsEnabled } from "./shortcuts.ts";

const keys = [
  { keys: ["?"], name: "shortcutHelp" },
  { keys: ["g", "h"], name: "shortcutHome" },
  { keys: ["g", "c"], name: "shortcutCourses" },
  { keys: ["g", "o"], name: "shortcutOutbox" },
  { keys: ["n"], name: "shortcutNext" },
  { keys: ["p"], name: "shortcutPrevious" },
  { keys: ["m"], name: "shortcutDone" },
] as const;

export function HelpDialog(props: { open: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog open={props.open} title={words("shell.helpTitle")} onClose={() => props.onClose()} actions={<Button onClick={() => props.onClose()}>{words("shell.close")}</Button>}>
      <p class="soft mb-4">{words("shell.helpText")}</p>
      <Switch label={words("shell.shortcuts")} hint={words("shell.shortcutsHint")} checked={shortcutsEnabled()} onChange={enableShortcuts} />
      <dl class="facts mt-4">
        <For each={keys}>
          {(shortcut) => (
            <>
              <dt>
                <For each={shortcut.keys}>{(key) => <kbd class="key-cap">{key}</kbd>}</For>
              </dt>
              <dd>{words(`shell.${shortcut.name}`)}</dd>
            </>
          )}
        </For>
      </dl>
    </Dialog>
  );
}
