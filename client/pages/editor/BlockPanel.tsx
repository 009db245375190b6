import type { Attrs } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import { lift } from "prosemirror-commands";
import { createMemo, For, type JSX, Match, Show, Switch, untrack } from "solid-js";
import { calloutKinds } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Choice, Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { blockAround, setAttributes, table } from "./commands.ts";
import { schema } from "./schema.ts";
import { useEditorWords } from "./words.ts";

const { nodes } = schema;
const WITH_SETTINGS = new Set([nodes.code_block, nodes.image, nodes.callout, nodes.exercise, nodes.solution]);

interface PanelProps {
  readonly state: EditorState | null;
  run(command: Command): void;
}

const TableTools = (props: PanelProps) => {
  const words = useEditorWords();
  const tools = [
    ["editor.addRow", table.addRow],
    ["editor.removeRow", table.removeRow],
    ["editor.addColumn", table.addColumn],
    ["editor.removeColumn", table.removeColumn],
    ["editor.toggleHead", table.toggleHead],
    ["editor.removeTable", table.remove],
  ] as const;
  return (
    <div class="btns" role="group" aria-label={words("editor.tableTools")}>
      <For each={tools}>
        {([name, command]) => (
          <Button look="soft" onClick={() => props.run(command)}>
            {words(name)}
          </Button>
        )}
      </For>
    </div>
  );
};

/** Wide enough for the settings beside the text; below they stand folded at the foot. As in `editor.css`. */
const BESIDE = "(min-width: 75em)";

/** The settings of the block that the cursor is in, as labelled fields: nothing about a block is hidden in the text. */
export function BlockPanel(props: PanelProps) {
  const words = useEditorWords();
  const page = useWords();
  const around = createMemo(() => (props.state ? blockAround(props.state, (node) => WITH_SETTINGS.has(node.type)) : null));
  const at = createMemo(() => around()?.at ?? -1);
  const type = createMemo(() => around()?.node.type ?? null);
  const attrs = (): Attrs => around()?.node.attrs ?? {};
  // Folded where it would cover the text, unless a picture still lacks its words.
  const opens = createMemo(() => matchMedia(BESIDE).matches || (type() === nodes.image && untrack(attrs)["alt"] === ""));
  const text = (name: string): string => String(attrs()[name] ?? "");
  const set = (change: Attrs) => {
    const now = type();
    if (now) props.run(setAttributes(at(), now, change));
  };
  // At each key: what stands in a field is in the text, and whatever comes into the text meanwhile takes nothing out of the field.
  const input = (name: string, label: string, more: { hint?: () => JSX.Element; pattern?: RegExp } = {}) => (
    <Field
      label={label}
      value={text(name)}
      maxLength={name === "alt" || (name === "caption" && type() === nodes.image) ? 2000 : 300}
      hint={more.hint?.()}
      onInput={(event) => {
        const { value } = event.currentTarget;
        if (!more.pattern || more.pattern.test(value)) set({ [name]: value });
        else event.currentTarget.value = text(name);
      }}
    />
  );
  return (
    <Show when={type() !== null || (props.state && table.isIn(props.state))}>
      <details class="block-panel" open={opens()}>
        <summary>
          <Icon name="chevron-right" small flip />
          {words("editor.block")}
        </summary>
        <div class="block-fields">
        <Switch>
          <Match when={type() === nodes.code_block}>
            {input("language", words("editor.codeLanguage"), { pattern: /^[a-z0-9+#-]{0,30}$/ })}
            {input("caption", words("editor.caption"))}
          </Match>
          <Match when={type() === nodes.image}>
            {input("alt", words("editor.alt"), { hint: () => (text("alt") ? undefined : words("editor.altMissing")) })}
            {input("caption", words("editor.caption"))}
          </Match>
          <Match when={type() === nodes.callout}>
            <Choice label={words("editor.kind")} value={text("kind")} options={calloutKinds.map((kind) => ({ value: kind as string, label: page(`page.callout_${kind}`) }))} onChoose={(kind) => set({ kind })} />
            {input("title", words("editor.calloutTitle"))}
          </Match>
          <Match when={type() === nodes.exercise}>{input("title", words("editor.exerciseTitle"))}</Match>
          <Match when={type() === nodes.solution}>{input("title", words("editor.solutionTitle"))}</Match>
        </Switch>
        <Show when={type() === nodes.callout}>
          <Button look="soft" onClick={() => props.run(lift)}>
            {words("editor.removeBlock")}
          </Button>
        </Show>
        <Show when={props.state && table.isIn(props.state)}>
          <TableTools state={props.state} run={props.run} />
        </Show>
        </div>
      </details>
    </Show>
  );
}
