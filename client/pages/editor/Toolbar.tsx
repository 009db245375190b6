import type { MarkType, NodeType } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import { For, type JSX, Show } from "solid-js";
import { type IconName, icons } from "../../ui/icons.ts";
import {
  bold, callout, inlineCode, insertExercise, insertRule, insertTable, isInside, isMarked, italic, linkAt, quote, toggleCodeBlock, toggleHeading, toggleList,
} from "./commands.ts";
import { editorIcons } from "./icons.ts";
import { redoOwn, undoOwn } from "./make-editor.ts";
import { schema } from "./schema.ts";
import { useEditorWords } from "./words.ts";

const { nodes, marks } = schema;

interface Tool {
  readonly name: Parameters<ReturnType<typeof useEditorWords>>[0];
  readonly icon: keyof typeof editorIcons | IconName;
  readonly run: Command | "link" | "picture";
  /** Absent: a button without a state. */
  isOn?(state: EditorState): boolean;
  /** As `aria-keyshortcuts`. */
  readonly keys?: string;
}

const marked = (type: MarkType) => (state: EditorState) => isMarked(state, type);
const inside = (type: NodeType) => (state: EditorState) => isInside(state, type);

const groups: readonly (readonly Tool[])[] = [
  [
    { name: "editor.undo", icon: "undo", run: (state) => undoOwn(state), keys: "Control+Z" },
    { name: "editor.redo", icon: "redo", run: (state) => redoOwn(state), keys: "Control+Y" },
  ],
  [
    { name: "editor.heading2", icon: "h2", run: toggleHeading(2), isOn: (state) => isInside(state, nodes.heading, { level: 2 }), keys: "Control+Alt+2" },
    { name: "editor.heading3", icon: "h3", run: toggleHeading(3), isOn: (state) => isInside(state, nodes.heading, { level: 3 }), keys: "Control+Alt+3" },
    { name: "editor.bold", icon: "bold", run: bold, isOn: marked(marks.strong), keys: "Control+B" },
    { name: "editor.italic", icon: "italic", run: italic, isOn: marked(marks.em), keys: "Control+I" },
    { name: "editor.code", icon: "inlineCode", run: inlineCode, isOn: marked(marks.code), keys: "Control+E" },
    { name: "editor.link", icon: "link", run: "link", isOn: (state) => linkAt(state) !== "", keys: "Control+K" },
  ],
  [
    { name: "editor.list", icon: "list", run: toggleList(nodes.bullet_list), isOn: inside(nodes.bullet_list), keys: "Control+Shift+8" },
    { name: "editor.numbered", icon: "numbered", run: toggleList(nodes.ordered_list), isOn: inside(nodes.ordered_list), keys: "Control+Shift+7" },
    { name: "editor.quote", icon: "quote", run: quote, isOn: inside(nodes.blockquote), keys: "Control+Shift+9" },
    { name: "editor.codeBlock", icon: "codeBlock", run: toggleCodeBlock, isOn: inside(nodes.code_block), keys: "Control+Alt+C" },
  ],
  [
    { name: "editor.table", icon: "table", run: insertTable },
    { name: "editor.picture", icon: "image", run: "picture" },
    { name: "editor.callout", icon: "lightbulb", run: callout, isOn: inside(nodes.callout) },
    { name: "editor.exercise", icon: "quiz", run: insertExercise, isOn: inside(nodes.exercise) },
    { name: "editor.rule", icon: "rule", run: insertRule },
  ],
];

interface ToolbarProps {
  readonly state: EditorState | null;
  readonly disabled: boolean;
  run(command: Command): void;
  onLink(): void;
  onPicture(): void;
  /** What stands at the end: Publish. */
  readonly children: JSX.Element;
}

/** One stop of the Tab key; the arrows, Home and End move inside (the toolbar pattern of ARIA). */
export function Toolbar(props: ToolbarProps) {
  const words = useEditorWords();
  let bar: HTMLDivElement | undefined;
  const buttons = () => [...(bar?.querySelectorAll<HTMLButtonElement>("button[data-tool]") ?? [])];
  const move = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  };
  const press = (tool: Tool) => {
    if (tool.run === "link") props.onLink();
    else if (tool.run === "picture") props.onPicture();
    else props.run(tool.run);
  };
  const label = (tool: Tool): string => (words as (key: string) => string)(tool.name);
  const path = (name: Tool["icon"]): string => (name in editorIcons ? editorIcons[name as keyof typeof editorIcons] : icons[name as IconName]);
  return (
    <div class="tools">
      <div class="tool-row" role="toolbar" aria-label={words("editor.toolbar")} ref={(element) => (bar = element)} onKeyDown={move}>
        <For each={groups}>
          {(group, number) => (
            <>
              <Show when={number() > 0}>
                <span class="gap" />
              </Show>
              <For each={group}>
                {(tool, index) => (
                  <button
                    type="button"
                    class="btn btn-icon"
                    data-tool
                    tabIndex={number() === 0 && index() === 0 ? 0 : -1}
                    aria-label={label(tool)}
                    title={label(tool)}
                    aria-keyshortcuts={tool.keys}
                    aria-pressed={tool.isOn ? (props.state !== null && tool.isOn(props.state) ? "true" : "false") : undefined}
                    aria-disabled={props.disabled ? "true" : undefined}
                    // The text keeps its selection.
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() => !props.disabled && press(tool)}
                  >
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                      <path d={path(tool.icon)} />
                    </svg>
                  </button>
                )}
              </For>
            </>
          )}
        </For>
      </div>
      {props.children}
    </div>
  );
}
