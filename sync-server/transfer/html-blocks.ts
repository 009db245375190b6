import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import type { BlockNode, CellNode, ListItemNode, Mark } from "@mochila/shared/pages/content.ts";
import { filled } from "./boxes.ts";
import { isElement, isHtmlName, SILENT, TAG_MARKS, tagText, valuesOf } from "./html-tags.ts";
import { appendText, linkMark, type Phrase, type TextContext } from "./inline.ts";

type ChildNode = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Beyond this the words are taken without the structure around them. */
const DEPTH_MAX = 12;
const BLOCKS = new Set(
  "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table ul tbody thead tfoot tr td th caption".split(" "),
);

interface Builder {
  readonly context: TextContext;
  readonly out: BlockNode[];
  words: Phrase[];
}

function endParagraph(builder: Builder): void {
  let line: Exclude<Phrase, { type: "image" }>[] = [];
  const flush = () => {
    if (line.some((phrase) => phrase.type === "text" && phrase.text.trim() !== "")) builder.out.push({ type: "paragraph", content: line });
    line = [];
  };
  for (const phrase of builder.words) {
    if (phrase.type === "image") {
      flush();
      builder.out.push(phrase);
    } else line.push(phrase);
  }
  flush();
  builder.words = [];
}

function inner(element: Element, context: TextContext, depth: number): BlockNode[] {
  const builder: Builder = { context, out: [], words: [] };
  walk(builder, element.childNodes, [], depth + 1);
  endParagraph(builder);
  return builder.out;
}

const elementsNamed = (element: Element, names: readonly string[]): Element[] =>
  element.childNodes.filter(isElement).flatMap((child) => (names.includes(child.tagName) ? [child] : ["tbody", "thead", "tfoot"].includes(child.tagName) ? elementsNamed(child, names) : []));

function list(element: Element, context: TextContext, depth: number): BlockNode {
  const content = element.childNodes
    .filter(isElement)
    .map((item): ListItemNode => ({ type: "list_item", content: filled(inner(item, context, depth)) }));
  return { type: element.tagName === "ol" ? "ordered_list" : "bullet_list", content };
}

function table(element: Element, context: TextContext, depth: number): BlockNode[] {
  const captions = elementsNamed(element, ["caption"]).flatMap((caption) => inner(caption, context, depth));
  const rows = elementsNamed(element, ["tr"]).map((row) => ({
    type: "table_row" as const,
    content: elementsNamed(row, ["td", "th"]).map(
      (cell): CellNode => ({ type: cell.tagName === "th" ? "table_header" : "table_cell", content: filled(inner(cell, context, depth)) }),
    ),
  }));
  return [...captions, ...(rows.length > 0 ? [{ type: "table" as const, content: rows }] : [])];
}

const textOf = (nodes: readonly ChildNode[]): string =>
  nodes.map((node) => ("value" in node ? node.value : isElement(node) ? textOf(node.childNodes) : "")).join("");

function block(builder: Builder, element: Element, depth: number): void {
  endParagraph(builder);
  const { out, context } = builder;
  const heading = /^h([1-6])$/u.exec(element.tagName)?.[1];
  if (element.tagName === "hr") out.push({ type: "horizontal_rule" });
  else if (element.tagName === "pre") {
    const text = textOf(element.childNodes).replace(/\n$/u, "");
    out.push({ type: "code_block", attrs: { language: "" }, ...(text === "" ? {} : { content: [{ type: "text", text }] }) });
  } else if (element.tagName === "ul" || element.tagName === "ol") out.push(list(element, context, depth));
  else if (element.tagName === "table") out.push(...table(element, context, depth));
  else if (element.tagName === "blockquote") out.push({ type: "blockquote", content: filled(inner(element, context, depth)) });
  else {
    const blocks = inner(element, context, depth);
    const level = Math.min(4, Math.max(2, Number(heading))) as 2 | 3 | 4;
    out.push(...blocks.map((one): BlockNode => (heading && one.type === "paragraph" ? { ...one, type: "heading", attrs: { level } } : one)));
  }
}

function inlineElement(builder: Builder, element: Element, marks: readonly Mark[], depth: number): void {
  const { context } = builder;
  const values = valuesOf(element);
  const name = element.tagName;
  if (name === "br") builder.words.push({ type: "hard_break" });
  else if (name === "img") {
    const picture = { address: values.get("src") ?? "", alt: values.get("alt") ?? "", caption: values.get("title") ?? "" };
    const image = context.image(picture);
    if (image) builder.words.push(image);
    else appendText(builder.words, [picture.alt, picture.caption].filter(Boolean).join(" "), marks);
  } else {
    // `<your name>` is no HTML: the author wants it read.
    if (!isHtmlName(name)) appendText(builder.words, `<${name}>`, marks);
    appendText(builder.words, tagText({ name, values }, context.warn), marks);
    const mark = name === "a" && values.has("href") ? linkMark(context, values.get("href") ?? "") : (TAG_MARKS.get(name) ?? null);
    walk(builder, element.childNodes, mark ? [...marks, mark] : marks, depth + 1);
  }
}

function walk(builder: Builder, nodes: readonly ChildNode[], marks: readonly Mark[], depth: number): void {
  for (const node of nodes) {
    if (node.nodeName === "#comment") builder.context.warn("a comment is left out");
    else if ("value" in node) appendText(builder.words, node.value.replaceAll(/\s+/gu, " "), marks);
    else if (!isElement(node)) continue;
    else if (SILENT.has(node.tagName)) builder.context.warn(`<${node.tagName}> is left out: it holds no text for readers`);
    else if (depth > DEPTH_MAX) appendText(builder.words, textOf(node.childNodes), marks);
    else if (BLOCKS.has(node.tagName)) block(builder, node, depth);
    else inlineElement(builder, node, marks, depth);
  }
}

/** Blocks from a piece of raw HTML: the words and pictures stay, of the tags only what the grammar of pages knows. Nothing is passed through. */
export function htmlBlocks(html: string, context: TextContext): BlockNode[] {
  const builder: Builder = { context, out: [], words: [] };
  walk(builder, parseFragment(html).childNodes, [], 0);
  endParagraph(builder);
  return builder.out;
}
