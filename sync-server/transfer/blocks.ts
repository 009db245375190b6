import type { Table } from "mdast";
import type { BlockNode, CellNode, ImageNode, ListItemNode, SolutionNode } from "@mochila/shared/pages/content.ts";
import type { CourseWarning, SourcePlace } from "./course-problem.ts";
import { boxOf, filled, settleSolutions, titleFrom } from "./boxes.ts";
import { codeBlock } from "./code.ts";
import { htmlBlocks } from "./html-blocks.ts";
import { phrasesOf, type Phrase, type TextContext } from "./inline.ts";
import type { Definitions, SourceNode } from "./markdown-tree.ts";

/** Finds the picture at an address, named at a place of the text. Null: not taken, with a warning given. Throws CourseProblem. */
export type FindImage = (picture: { address: string; alt: string; caption: string }, from: { warn(message: string): void; place: SourcePlace }) => ImageNode | null;

export interface ConversionContext {
  readonly file: string;
  readonly definitions: Definitions;
  readonly warn: (warning: CourseWarning) => void;
  readonly findImage: FindImage;
}

function textContext(context: ConversionContext, line: number): TextContext {
  const warn = (message: string) => context.warn({ file: context.file, line, message });
  return { definitions: context.definitions, warn, image: (picture) => context.findImage(picture, { warn, place: { file: context.file, line } }) };
}

/** Words and pictures in the order of the text: a picture ends the paragraph it stands in. */
function paragraphsOf(phrases: readonly Phrase[]): BlockNode[] {
  const blocks: BlockNode[] = [];
  let words: Exclude<Phrase, ImageNode>[] = [];
  const endParagraph = () => {
    if (words.some((word) => word.type === "text" && word.text.trim() !== "")) blocks.push({ type: "paragraph", content: words });
    words = [];
  };
  for (const phrase of phrases) {
    if (phrase.type === "image") {
      endParagraph();
      blocks.push(phrase);
    } else words.push(phrase);
  }
  endParagraph();
  return blocks;
}

const isWords = (phrase: Phrase): phrase is Exclude<Phrase, ImageNode> => phrase.type !== "image";

function heading(phrases: readonly Phrase[], depth: number): BlockNode[] {
  const level = Math.min(4, Math.max(2, depth)) as 2 | 3 | 4;
  // `## Words {#anchor}`: the anchor is no word.
  const words = phrases.filter(isWords).map((phrase) => (phrase.type === "text" ? { ...phrase, text: phrase.text.replace(/\s*\{:?\s*[#.][^{}]*\}\s*$/u, "") } : phrase));
  const content = words.filter((phrase) => phrase.type !== "text" || phrase.text !== "");
  const pictures = phrases.filter((phrase) => phrase.type === "image");
  return [...(content.length > 0 ? [{ type: "heading" as const, attrs: { level }, content }] : []), ...pictures];
}

function table(node: Table, context: TextContext): BlockNode {
  const align = (column: number): { align: "start" | "center" | "end" } | undefined => {
    const side = node.align?.[column];
    return side ? { align: side === "left" ? "start" : side === "right" ? "end" : "center" } : undefined;
  };
  const rows = node.children.map((row, index) => ({
    type: "table_row" as const,
    content: row.children.map((cell, column): CellNode => {
      const attrs = align(column);
      const content = filled(paragraphsOf(phrasesOf(cell.children, context)));
      return { type: index === 0 ? "table_header" : "table_cell", ...(attrs ? { attrs } : {}), content };
    }),
  }));
  return { type: "table", content: rows };
}

function listItem(item: SourceNode, context: ConversionContext): ListItemNode {
  const content = filled(blocksOf(item.children, context));
  const checked = item.node?.type === "listItem" ? item.node.checked : null;
  if (typeof checked === "boolean") {
    const box = { type: "text" as const, text: checked ? "☑ " : "☐ " };
    const [first, ...rest] = content;
    if (first?.type === "paragraph") return { type: "list_item", content: [{ ...first, content: [box, ...(first.content ?? [])] }, ...rest] };
  }
  return { type: "list_item", content };
}

/** The contents of a box without the heading that names it. */
function titled(node: SourceNode, context: ConversionContext): { title: string; children: readonly SourceNode[] } {
  const [first, ...rest] = node.children;
  const named = node.values.get("title") ?? "";
  if (first?.node?.type === "heading" && named === "") {
    const title = titleFrom(phrasesOf(first.node.children, textContext(context, first.line)));
    if (title !== null) return { title: title.replace(/\s*\{:?\s*[#.][^{}]*\}$/u, ""), children: rest };
  }
  return { title: named.slice(0, 300), children: node.children };
}

function boxed(node: SourceNode, context: ConversionContext): (BlockNode | SolutionNode)[] {
  const box = boxOf(node.classes);
  if (!box) {
    const inner = convert(node.children, context);
    return node.node ? [{ type: "blockquote", content: filled(settleSolutions(inner)) }] : inner;
  }
  const { title, children } = titled(node, context);
  const inner = convert(children, context);
  if (box.kind === "exercise") return [{ type: "exercise", attrs: { title }, content: filled(inner) }];
  const content = filled(settleSolutions(inner));
  if (box.kind === "solution") return [{ type: "solution", attrs: { title }, content }];
  return [{ type: "callout", attrs: { kind: box.callout, title }, content }];
}

function convertOne(source: SourceNode, context: ConversionContext): (BlockNode | SolutionNode)[] {
  const { node, line } = source;
  const text = textContext(context, line);
  switch (node?.type) {
    case undefined:
    case "blockquote":
      return boxed(source, context);
    case "paragraph":
      return paragraphsOf(phrasesOf(node.children, text));
    case "heading":
      return heading(phrasesOf(node.children, text), node.depth);
    case "code":
      return [codeBlock(node, source)];
    case "list": {
      const content = source.children.map((item) => listItem(item, context));
      return [node.ordered ? { type: "ordered_list", attrs: { order: node.start ?? 1 }, content } : { type: "bullet_list", content }];
    }
    case "table":
      return [table(node, text)];
    case "thematicBreak":
      return [{ type: "horizontal_rule" }];
    case "html":
      return htmlBlocks(node.value, text);
    case "footnoteDefinition":
      return footnote(source, node.label ?? node.identifier, context);
    case "listItem":
      return blocksOf(source.children, context);
    case "definition":
    case "tableRow":
    case "tableCell":
    case "yaml":
      // Named by others, or met inside their table.
      return [];
    case "text":
    case "emphasis":
    case "strong":
    case "delete":
    case "inlineCode":
    case "break":
    case "link":
    case "linkReference":
    case "image":
    case "imageReference":
    case "footnoteReference":
      return paragraphsOf(phrasesOf([node], text));
  }
}

/** A footnote stays where the author wrote it, with its label before it. */
function footnote(source: SourceNode, label: string, context: ConversionContext): BlockNode[] {
  const [first, ...rest] = blocksOf(source.children, context);
  const mark = { type: "text" as const, text: `[${label}] ` };
  if (first?.type === "paragraph") return [{ ...first, content: [mark, ...(first.content ?? [])] }, ...rest];
  return [{ type: "paragraph", content: [mark] }, ...(first ? [first] : []), ...rest];
}

const convert = (nodes: readonly SourceNode[], context: ConversionContext): (BlockNode | SolutionNode)[] => nodes.flatMap((node) => convertOne(node, context));

/** Blocks of a page from nodes of the text. Every word of the nodes is in the blocks. */
export const blocksOf = (nodes: readonly SourceNode[], context: ConversionContext): BlockNode[] => settleSolutions(convert(nodes, context));
