import { splitBlock } from "prosemirror-commands";
import type { ResolvedPos } from "prosemirror-model";
import { type Command, TextSelection } from "prosemirror-state";
import { schema } from "./schema.ts";

const { nodes } = schema;
const boxes = new Set([nodes.callout, nodes.exercise, nodes.solution]);

const isLast = (at: ResolvedPos, depth: number): boolean => at.index(depth) === at.node(depth).childCount - 1;

/**
 * Enter in an empty paragraph of a call-out, an exercise or a solution. As its last one it leads out, below the outermost block that ends
 * there; anywhere else it is one more line. Without this the paragraph would be lifted, and the block cut in two.
 */
export const leaveOnEnter: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type !== nodes.paragraph || $from.parent.content.size > 0 || !boxes.has($from.node(-1).type)) return false;
  let depth = $from.depth - 1;
  if (!isLast($from, depth) || $from.node(depth).childCount === 1) return splitBlock(state, dispatch);
  while (depth > 1 && boxes.has($from.node(depth - 1).type) && isLast($from, depth - 1)) depth -= 1;
  const tr = state.tr.insert($from.after(depth), nodes.paragraph.create()).delete($from.before(), $from.after());
  const at = tr.mapping.map($from.after(depth), -1) + 1;
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, at)).scrollIntoView());
  return true;
};

/** Arrow down at the very end of a page that ends with a block: a paragraph to go on in. */
export const leaveDownwards: Command = (state, dispatch, view) => {
  const { $to } = state.selection;
  const { doc, selection } = state;
  const inBox = $to.depth > 1 || ($to.depth === 1 && $to.parent.type === nodes.code_block);
  const atEnd = $to.depth === 0 ? $to.pos === doc.content.size : $to.after(1) === doc.content.size && (selection instanceof TextSelection ? view?.endOfTextblock("down") === true : true);
  if (!atEnd || ($to.depth > 0 && !inBox)) return false;
  for (let depth = 1; depth < $to.depth; depth += 1) if ($to.node(depth).type !== nodes.table_row && !isLast($to, depth)) return false;
  const tr = state.tr.insert(doc.content.size, nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, tr.doc.content.size - 1)).scrollIntoView());
  return true;
};
