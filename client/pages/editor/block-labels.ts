import type { Node } from "prosemirror-model";
import { type EditorState, Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { schema } from "./schema.ts";

const { nodes } = schema;

export interface LabelWords {
  /** What stands over a block, in the language of the moment; null: nothing. `number`: which exercise of the page, from 1. */
  labelOf(block: Node, number: number): string | null;
  /** In a page without a word. */
  placeholder(): string;
}

function decorate({ doc }: EditorState, words: LabelWords): DecorationSet {
  const only = doc.childCount === 1 ? doc.firstChild : null;
  if (only?.type === nodes.paragraph && only.content.size === 0) {
    return DecorationSet.create(doc, [Decoration.node(0, only.nodeSize, { class: "is-empty", "data-placeholder": words.placeholder() })]);
  }
  const labels: Decoration[] = [];
  let exercises = 0;
  doc.descendants((node, at) => {
    if (node.type === nodes.exercise) exercises += 1;
    const label = words.labelOf(node, exercises);
    if (label !== null) labels.push(Decoration.node(at, at + node.nodeSize, { "data-label": label }));
    return !node.isTextblock;
  });
  return DecorationSet.create(doc, labels);
}

/** Names over call-outs, exercises and solutions, and a word of invitation. Drawn by the style sheet from attributes; never part of the text. */
export const labelsPlugin = (words: LabelWords): Plugin => new Plugin({ props: { decorations: (state) => decorate(state, words) } });
