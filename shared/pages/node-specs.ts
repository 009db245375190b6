import { calloutKinds } from "./content.ts";

/**
 * The grammar of a page, as plain data: the editor builds its schema from it, the server writes and reads the shared document by it.
 * Every attribute of a node stands in the shared document unless it is null, defaults too: the editor compares them, and a node
 * that lacks one would be rewritten by everyone who opens the page.
 *
 * Content is as wide as can be (`list_item` takes any block first): two people may each remove a part that the other's part needs, and
 * the editor drops a node whose content does not fit, with its words.
 */
export interface NodeSpec {
  /** ProseMirror's content expression; absent: a leaf. */
  readonly content?: string;
  readonly group?: "block" | "inline";
  readonly attrs?: { readonly [name: string]: string | number | null };
  readonly inline?: boolean;
}

export const nodeSpecs = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block" },
  heading: { content: "inline*", group: "block", attrs: { level: 2 } },
  bullet_list: { content: "list_item+", group: "block" },
  ordered_list: { content: "list_item+", group: "block", attrs: { order: 1 } },
  list_item: { content: "block+" },
  code_block: { content: "text*", group: "block", attrs: { language: "", caption: "" } },
  blockquote: { content: "block+", group: "block" },
  horizontal_rule: { group: "block" },
  image: { group: "block", attrs: { file: "", alt: "", caption: "", width: null, height: null } },
  table: { content: "table_row+", group: "block" },
  table_row: { content: "(table_cell | table_header)+" },
  table_cell: { content: "block+", attrs: { colspan: 1, rowspan: 1, colwidth: null, align: null } },
  table_header: { content: "block+", attrs: { colspan: 1, rowspan: 1, colwidth: null, align: null } },
  callout: { content: "block+", group: "block", attrs: { kind: calloutKinds[0], title: "" } },
  exercise: { content: "(block | solution)+", group: "block", attrs: { title: "" } },
  solution: { content: "block+", attrs: { title: "" } },
  hard_break: { group: "inline", inline: true },
  text: { group: "inline", inline: true },
} as const satisfies { readonly [name: string]: NodeSpec };

export type NodeName = keyof typeof nodeSpecs;

/** Marks in the order in which they nest; a text's marks are always listed in it. */
export const markNames = ["link", "strong", "em", "strike", "superscript", "subscript", "code"] as const;

export const isNodeName = (name: string): name is NodeName => Object.hasOwn(nodeSpecs, name);

/** Defaults of a node's attributes, in the order of the grammar. */
export const attributesOf = (name: NodeName): NonNullable<NodeSpec["attrs"]> => (nodeSpecs[name] as NodeSpec).attrs ?? {};
