import { lift as liftBlock, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { type Attrs, Fragment, type MarkType, type Node, type NodeType, type ResolvedPos } from "prosemirror-model";
import { liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, type EditorState, NodeSelection, TextSelection, type Transaction } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, toggleHeaderRow } from "prosemirror-tables";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { schema } from "./schema.ts";

const { nodes, marks } = schema;

export const isMarked = (state: EditorState, type: MarkType): boolean => {
  const { from, $from, to, empty } = state.selection;
  return empty ? type.isInSet(state.storedMarks ?? $from.marks()) !== undefined : state.doc.rangeHasMark(from, to, type);
};

/** The nearest block around the selection that `fits`, with its place. */
export function blockAround(state: EditorState, fits: (node: Node) => boolean): { node: Node; at: number } | null {
  const { selection } = state;
  if (selection instanceof NodeSelection && fits(selection.node)) return { node: selection.node, at: selection.from };
  const { $from } = selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (fits(node)) return { node, at: $from.before(depth) };
  }
  return null;
}

export const isInside = (state: EditorState, type: NodeType, attrs: Attrs = {}): boolean =>
  blockAround(state, (node) => node.type === type && Object.entries(attrs).every(([name, value]) => node.attrs[name] === value)) !== null;

/** Changes attributes of one node, if it is still of the type it was. */
export const setAttributes =
  (at: number, type: NodeType, attrs: Attrs): Command =>
  (state, dispatch) => {
    const node = state.doc.nodeAt(at);
    if (node?.type !== type) return false;
    // The node stays, and stays selected: who types one of its attributes goes on.
    dispatch?.(Object.entries(attrs).reduce((tr, [name, value]) => tr.setNodeAttribute(at, name, value), state.tr));
    return true;
  };

/** A heading of this level, or a paragraph again. */
export const toggleHeading = (level: 2 | 3 | 4): Command => (state, dispatch, view) =>
  (isInside(state, nodes.heading, { level }) ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level }))(state, dispatch, view);

export const toggleCodeBlock: Command = (state, dispatch, view) =>
  (isInside(state, nodes.code_block) ? setBlockType(nodes.paragraph) : setBlockType(nodes.code_block))(state, dispatch, view);

export const toggleList = (type: NodeType): Command => (state, dispatch, view) =>
  (isInside(state, type) ? liftListItem(nodes.list_item) : wrapInList(type))(state, dispatch, view);

export const sink: Command = sinkListItem(nodes.list_item);
export const lift: Command = liftListItem(nodes.list_item);

export const bold = toggleMark(marks.strong);
export const italic = toggleMark(marks.em);
export const inlineCode = toggleMark(marks.code);
export const quote = wrapIn(nodes.blockquote);
/** Around the block of the caret, or taken away from around it. */
export const callout: Command = (state, dispatch, view) => (isInside(state, nodes.callout) ? liftBlock : wrapIn(nodes.callout))(state, dispatch, view);

/** Blocks that may hold what is put in at the caret; inside everything else a new block would be lost from sight. */
const holders: ReadonlySet<NodeType> = new Set([nodes.doc, nodes.callout, nodes.exercise, nodes.solution, nodes.blockquote]);

/** How deep the block at `at` stands behind which a new one goes: the outermost unless all around are holders. */
function depthFor(at: ResolvedPos, nests: boolean): number {
  let depth = 1;
  if (!nests) return depth;
  while (depth < at.depth && holders.has(at.node(depth).type)) depth += 1;
  return depth;
}

/** Where the caret goes after a block was put in at `at`: its first place for text, else the text after it, which is made if need be. */
function caretInto(tr: Transaction, at: number, node: Node): Transaction {
  const inner = TextSelection.findFrom(tr.doc.resolve(at + 1), 1, true);
  if (!node.isLeaf && inner && inner.from < at + node.nodeSize) return tr.setSelection(inner);
  const behind = at + node.nodeSize;
  if (!tr.doc.resolve(behind).nodeAfter?.isTextblock) tr.insert(behind, nodes.paragraph.create());
  return tr.setSelection(TextSelection.create(tr.doc, behind + 1));
}

/** Puts a block in the place of an empty paragraph, else behind the block of the caret, which stays whole; and the caret into it. */
const insertBlock =
  (make: () => Node, { nests }: { nests: boolean }): Command =>
  (state, dispatch) => {
    if (!dispatch) return true;
    const { $to } = state.selection;
    const [node, tr, depth] = [make(), state.tr, depthFor($to, nests)];
    const here = $to.depth > 0 ? $to.node(depth) : null;
    const replaced = here?.type === nodes.paragraph && here.content.size === 0;
    const at = here === null ? $to.pos : replaced ? $to.before(depth) : $to.after(depth);
    tr.replaceWith(at, replaced ? $to.after(depth) : at, node);
    dispatch(caretInto(tr, at, node).scrollIntoView());
    return true;
  };

const cell = (type: NodeType): Node => type.create(null, nodes.paragraph.create());
const row = (type: NodeType): Node => nodes.table_row.create(null, [cell(type), cell(type), cell(type)]);

export const insertTable: Command = insertBlock(() => nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]), { nests: true });

/** Never inside another block: an exercise in a call-out would be read as a part of it. */
export const insertExercise: Command = insertBlock(
  () => nodes.exercise.create(null, Fragment.from([nodes.paragraph.create(), nodes.solution.create(null, nodes.paragraph.create())])),
  { nests: false },
);

export const insertRule: Command = insertBlock(() => nodes.horizontal_rule.create(), { nests: true });

export const insertImage = (attrs: { file: string; alt: string }): Command => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.image.create(attrs)).scrollIntoView());
  return true;
};

/** Sets or takes away the link of the selection; with nothing selected the address itself becomes the text. */
export const setLink = (href: string): Command => (state, dispatch) => {
  const { from, to, empty } = state.selection;
  const tr = state.tr;
  if (empty && href) tr.insertText(href, from).addMark(from, from + href.length, marks.link.create({ href }));
  else {
    tr.removeMark(from, to, marks.link);
    if (href) tr.addMark(from, to, marks.link.create({ href }));
  }
  dispatch?.(tr);
  return true;
};

export const linkAt = (state: EditorState): string => {
  const mark = marks.link.isInSet(state.selection.$from.marks()) ?? state.selection.$to.nodeBefore?.marks.find((one) => one.type === marks.link);
  return mark ? String(mark.attrs["href"]) : "";
};

/** An old text in the place of the whole present one, as one step that can be undone. Throws if it does not fit the grammar. */
export const replaceText = (content: PageContent): Command => (state, dispatch) => {
  const old = schema.nodeFromJSON(content);
  old.check();
  dispatch?.(state.tr.replaceWith(0, state.doc.content.size, old.content).scrollIntoView());
  return true;
};

export const table = { isIn: isInTable, addRow: addRowAfter, addColumn: addColumnAfter, removeRow: deleteRow, removeColumn: deleteColumn, toggleHead: toggleHeaderRow, remove: deleteTable };
