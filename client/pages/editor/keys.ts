import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { splitListItem } from "prosemirror-schema-list";
import type { Command, Plugin } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import { redo, undo } from "y-prosemirror";
import { bold, inlineCode, italic, lift, quote, sink, toggleCodeBlock, toggleHeading, toggleList } from "./commands.ts";
import { leaveDownwards, leaveOnEnter } from "./leave-block.ts";
import { schema } from "./schema.ts";

const { nodes } = schema;

const insertBreak: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

/**
 * Keys. Tab moves in tables and lists only, so that it leads out of the editor everywhere else; Escape then Tab leads out of those too,
 * which the browser does by itself once the editor is not in a list.
 */
const editorKeys = (onLink: () => void): Record<string, Command> => ({
  "Mod-b": bold,
  "Mod-i": italic,
  "Mod-e": inlineCode,
  "Mod-k": () => {
    onLink();
    return true;
  },
  "Mod-z": (state) => undo(state),
  "Mod-y": (state) => redo(state),
  "Mod-Shift-z": (state) => redo(state),
  "Mod-Alt-2": toggleHeading(2),
  "Mod-Alt-3": toggleHeading(3),
  "Mod-Alt-4": toggleHeading(4),
  "Mod-Alt-c": toggleCodeBlock,
  "Mod-Shift-7": toggleList(nodes.ordered_list),
  "Mod-Shift-8": toggleList(nodes.bullet_list),
  "Mod-Shift-9": quote,
  "Shift-Enter": insertBreak,
  Enter: chainCommands(splitListItem(nodes.list_item), leaveOnEnter),
  ArrowDown: leaveDownwards,
  Tab: chainCommands(goToNextCell(1), sink),
  "Shift-Tab": chainCommands(goToNextCell(-1), lift),
});

/** Three minus signs alone become a line across. */
const rule = new InputRule(/^---$/, (state, _match, start, end) => state.tr.delete(start, end).replaceSelectionWith(nodes.horizontal_rule.create()));

const writingRules = [
  textblockTypeInputRule(/^(#{2,4})\s$/, nodes.heading, (match) => ({ level: (match[1] ?? "##").length })),
  textblockTypeInputRule(/^#\s$/, nodes.heading, { level: 2 }),
  wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
  wrappingInputRule(/^(\d{1,4})\.\s$/, nodes.ordered_list, (match) => ({ order: Number(match[1]) }), (match, node) => node.childCount + Number(node.attrs["order"]) === Number(match[1])),
  textblockTypeInputRule(/^```([a-z0-9+#-]{0,30})\s$/, nodes.code_block, (match) => ({ language: match[1] ?? "" })),
  wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
  rule,
];

export const keyPlugins = (onLink: () => void): Plugin[] => [inputRules({ rules: writingRules }), keymap(editorKeys(onLink)), keymap(baseKeymap)];
