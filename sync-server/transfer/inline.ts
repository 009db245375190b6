import type { PhrasingContent } from "mdast";
import { type CalloutKind, type ImageNode, type InlineNode, isSafeLink, type Mark } from "@mochila/shared/pages/content.ts";
import { markNames } from "@mochila/shared/pages/node-specs.ts";
import { parseAttributes } from "./attributes.ts";
import { parseTag, TAG_MARKS, tagText } from "./html-tags.ts";
import type { Definitions } from "./markdown-tree.ts";

export type { CalloutKind };

/** What the conversion of a text needs to know of its surroundings. */
export interface TextContext {
  readonly definitions: Definitions;
  readonly warn: (message: string) => void;
  /** The picture at an address of the text, or null with a warning given: then its description is kept as words. */
  readonly image: (picture: { address: string; alt: string; caption: string }) => ImageNode | null;
}

/** Inline content in which pictures, which are blocks in a page, still stand among the words. */
export type Phrase = InlineNode | ImageNode;

interface Writer {
  readonly context: TextContext;
  readonly out: Phrase[];
  /** Tags of inline HTML that are open, innermost last. */
  readonly tags: { name: string; mark: Mark | null }[];
}

const order = (mark: Mark): number => markNames.indexOf(mark.type);

const sameMarks = (left: readonly Mark[] | undefined, right: readonly Mark[] | undefined): boolean => JSON.stringify(left ?? []) === JSON.stringify(right ?? []);

/** One mark of each kind, in the order in which the grammar of pages lists them. */
function marksOf(marks: readonly Mark[]): Mark[] | undefined {
  if (marks.length === 0) return undefined;
  return [...new Map(marks.map((mark) => [mark.type, mark])).values()].toSorted((left, right) => order(left) - order(right));
}

export function appendText(out: Phrase[], text: string, marks: readonly Mark[]): void {
  if (text === "") return;
  const all = marksOf(marks);
  const last = out.at(-1);
  if (last?.type === "text" && sameMarks(last.marks, all)) last.text += text;
  else out.push(all ? { type: "text", text, marks: all } : { type: "text", text });
}

/** A link keeps its words always, and its address only if it is safe. */
export function linkMark(context: TextContext, address: string): Mark | null {
  if (isSafeLink(address)) return { type: "link", attrs: { href: address } };
  context.warn(`the link to “${address.slice(0, 200)}” leads nowhere here; its words are kept`);
  return null;
}

function writeHtml(writer: Writer, html: string, marks: readonly Mark[]): void {
  const tag = parseTag(html);
  if (tag.kind === "comment") {
    if (tag.text !== "") writer.context.warn("a comment is left out");
  } else if (tag.kind === "unknown") appendText(writer.out, html, marks);
  else if (tag.kind === "close") {
    const at = writer.tags.findLastIndex(({ name }) => name === tag.name);
    if (at >= 0) writer.tags.splice(at, 1);
  } else if (tag.name === "br") writer.out.push({ type: "hard_break" });
  else if (tag.name === "img") {
    writeImage(writer, { address: tag.values.get("src") ?? "", alt: tag.values.get("alt") ?? "", caption: tag.values.get("title") ?? "" }, marks);
  } else {
    const mark = tag.name === "a" && tag.values.has("href") ? linkMark(writer.context, tag.values.get("href") ?? "") : (TAG_MARKS.get(tag.name) ?? null);
    appendText(writer.out, tagText(tag, writer.context.warn), marks);
    if (!tag.empty) writer.tags.push({ name: tag.name, mark });
  }
}

function writeImage(writer: Writer, picture: { address: string; alt: string; caption: string }, marks: readonly Mark[]): void {
  const image = writer.context.image(picture);
  if (image) writer.out.push(image);
  else appendText(writer.out, [picture.alt, picture.caption].filter(Boolean).join(" "), marks);
}

const TRAILING_ATTRIBUTES = /^\{:?([^{}]*)\}/u;

/** `{alt='…'}` or `{: width="50%"}` right behind a picture or a link speaks of it. Returns the words that follow. */
function takeAttributes(writer: Writer, before: PhrasingContent | undefined, text: string): string {
  const [all, inner] = TRAILING_ATTRIBUTES.exec(text) ?? [];
  if (all === undefined || inner === undefined || !before) return text;
  const { values } = parseAttributes(inner);
  const last = writer.out.at(-1);
  if (before.type === "image" || before.type === "imageReference") {
    const alt = values.get("alt");
    if (last?.type === "image" && alt) {
      // Pandoc: the words in the brackets are the caption, `alt` describes the picture.
      const caption = last.attrs.alt === alt ? last.attrs.caption : [last.attrs.alt, last.attrs.caption].filter(Boolean).join(" ");
      last.attrs = { ...last.attrs, alt, caption };
    } else if (alt) appendText(writer.out, alt, []);
    return text.slice(all.length);
  }
  const ownAttributes = all.startsWith("{:") || /^\{\s*[.#]/u.test(all) || /^\{\s*[\w-]+\s*=/u.test(all);
  const takesAttributes = ["link", "linkReference", "inlineCode", "emphasis", "strong"].includes(before.type);
  return takesAttributes && ownAttributes ? text.slice(all.length) : text;
}

function withMarks(writer: Writer, marks: readonly Mark[], more: Mark | null, children: readonly PhrasingContent[]): void {
  write(writer, children, more ? [...marks, more] : marks);
}

function writeOne(writer: Writer, node: PhrasingContent, before: PhrasingContent | undefined, outer: readonly Mark[]): void {
  const { context, out } = writer;
  const marks = [...outer, ...writer.tags.flatMap(({ mark }) => (mark ? [mark] : []))];
  switch (node.type) {
    case "text":
      return appendText(out, takeAttributes(writer, before, node.value).replaceAll(/\s*\n\s*/gu, " "), marks);
    case "emphasis":
      return withMarks(writer, outer, { type: "em" }, node.children);
    case "strong":
      return withMarks(writer, outer, { type: "strong" }, node.children);
    case "delete":
      return withMarks(writer, outer, { type: "strike" }, node.children);
    case "inlineCode":
      return appendText(out, node.value, [...marks, { type: "code" }]);
    case "break":
      out.push({ type: "hard_break" });
      return;
    case "link":
      if (node.title) context.warn(`the title of a link, “${node.title.slice(0, 200)}”, is left out`);
      return withMarks(writer, outer, linkMark(context, node.url), node.children);
    case "linkReference":
      return withMarks(writer, outer, linkMark(context, context.definitions.get(node.identifier)?.url ?? ""), node.children);
    case "image":
      return writeImage(writer, { address: node.url, alt: node.alt ?? "", caption: node.title ?? "" }, marks);
    case "imageReference": {
      const { url, title } = context.definitions.get(node.identifier) ?? { url: "", title: null };
      return writeImage(writer, { address: url, alt: node.alt ?? "", caption: title ?? "" }, marks);
    }
    case "footnoteReference":
      return appendText(out, `[${node.label ?? node.identifier}]`, [...marks, { type: "superscript" }]);
    case "html":
      return writeHtml(writer, node.value, marks);
  }
}

function write(writer: Writer, nodes: readonly PhrasingContent[], marks: readonly Mark[]): void {
  nodes.forEach((node, index) => writeOne(writer, node, nodes[index - 1], marks));
}

/** The words of a paragraph, heading or cell with their marks, and its pictures where they stand. */
export function phrasesOf(nodes: readonly PhrasingContent[], context: TextContext): Phrase[] {
  const writer: Writer = { context, out: [], tags: [] };
  write(writer, nodes, []);
  return writer.out;
}

/** The words alone, for titles. */
export const plainTextOf = (phrases: readonly Phrase[]): string =>
  phrases
    .map((phrase) => (phrase.type === "text" ? phrase.text : phrase.type === "hard_break" ? " " : [phrase.attrs.alt, phrase.attrs.caption].filter(Boolean).join(" ")))
    .join("")
    .replaceAll(/\s+/gu, " ")
    .trim();
