// Reads a shared document, which anyone with an editor of their own may have filled with anything, into content of the grammar.
import * as Y from "yjs";
import { CodedError } from "@mochila/shared/errors.ts";
import {
  type BlockNode,
  calloutKinds,
  type CellNode,
  type InlineNode,
  isSafeLink,
  type ListItemNode,
  type Mark,
  PageContent,
  type SolutionNode,
  type TextNode,
} from "@mochila/shared/pages/content.ts";
import { markNames } from "@mochila/shared/pages/node-specs.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";

type Child = Y.XmlElement | Y.XmlText | Y.XmlHook;
/** Deeper nesting is read as words: no page needs it, and reading it would end the stack. */
const DEPTH_MAX = 24;
const TITLE_MAX = 300;
const WORDS_MAX = 2_000;

/** Text that Postgres' JSON can hold: no NUL, no half of a pair. */
const clean = (value: unknown, charactersMax = Number.POSITIVE_INFINITY): string =>
  typeof value === "string" ? value.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD").slice(0, charactersMax).replace(/[\uD800-\uDBFF]$/, "") : "";

const whole = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

const childrenOf = (parent: Y.XmlFragment): Child[] => parent.toArray();

function marksOf(formats: Record<string, unknown> | undefined): Mark[] {
  const marks: Mark[] = [];
  for (const type of markNames) {
    const format = formats?.[type];
    if (format === undefined || format === null) continue;
    if (type !== "link") marks.push({ type });
    else {
      const href = clean((format as { href?: unknown }).href);
      if (isSafeLink(href)) marks.push({ type, attrs: { href } });
    }
  }
  return marks;
}

const textNode = (text: string, marks: Mark[]): TextNode => (marks.length > 0 ? { type: "text", text, marks } : { type: "text", text });

const sameMarks = (left: TextNode, right: TextNode): boolean => JSON.stringify(left.marks ?? []) === JSON.stringify(right.marks ?? []);

/** Neighbours with the same marks are one text, as the editor has them. */
function pushInline(into: InlineNode[], node: InlineNode): void {
  const last = into.at(-1);
  if (last?.type === "text" && node.type === "text" && sameMarks(last, node)) last.text += node.text;
  else into.push(node);
}

function inlineOf(children: readonly Child[], depth: number, into: InlineNode[] = []): InlineNode[] {
  for (const child of children) {
    if (child instanceof Y.XmlText) {
      for (const part of child.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]) {
        const text = clean(part.insert);
        if (text !== "") pushInline(into, textNode(text, marksOf(part.attributes)));
      }
    } else if (child instanceof Y.XmlElement) {
      if (child.nodeName === "hard_break") into.push({ type: "hard_break" });
      else if (depth < DEPTH_MAX * 2) inlineOf(childrenOf(child), depth + 1, into);
    }
  }
  return into;
}

/** All words below an element as plain text; a break is a line. */
const plainText = (children: readonly Child[]): string =>
  inlineOf(children, 0).map((node) => (node.type === "text" ? node.text : "\n")).join("");

function paragraph(children: readonly Child[], depth: number): BlockNode {
  const content = inlineOf(children, depth);
  return content.length > 0 ? { type: "paragraph", content } : { type: "paragraph" };
}

function filled(blocks: BlockNode[]): BlockNode[];
function filled(parts: (BlockNode | SolutionNode)[]): (BlockNode | SolutionNode)[];
function filled(blocks: (BlockNode | SolutionNode)[]): (BlockNode | SolutionNode)[] {
  return blocks.length > 0 ? blocks : [{ type: "paragraph" }];
}

/** The blocks of a container. Words that stand in it directly become a paragraph. */
function blocksOf(children: readonly Child[], depth: number): BlockNode[] {
  return children.flatMap((child) => {
    if (child instanceof Y.XmlElement) return blockOf(child, depth);
    if (!(child instanceof Y.XmlText)) return [];
    const content = inlineOf([child], depth);
    return content.length > 0 ? [{ type: "paragraph" as const, content }] : [];
  });
}

function listItemsOf(element: Y.XmlElement, depth: number): ListItemNode[] {
  return childrenOf(element).flatMap((child) => {
    const blocks = child instanceof Y.XmlElement && child.nodeName === "list_item" ? filled(blocksOf(childrenOf(child), depth + 1)) : blocksOf([child], depth);
    return blocks.length > 0 ? [{ type: "list_item" as const, content: blocks }] : [];
  });
}

function cellOf(element: Y.XmlElement, depth: number): CellNode {
  const raw = element.getAttributes() as Record<string, unknown>;
  const colspan = whole(raw["colspan"], 2, 100);
  const rowspan = whole(raw["rowspan"], 2, 100);
  const align = (["start", "center", "end"] as const).find((name) => name === raw["align"]);
  const attrs = { ...(colspan && { colspan }), ...(rowspan && { rowspan }), ...(align && { align }) };
  const type = element.nodeName === "table_header" ? "table_header" : "table_cell";
  return { type, ...(Object.keys(attrs).length > 0 && { attrs }), content: filled(blocksOf(childrenOf(element), depth + 1)) };
}

function tableOf(element: Y.XmlElement, depth: number): BlockNode[] {
  const rows = childrenOf(element).flatMap((row) => {
    const parts = row instanceof Y.XmlElement && row.nodeName === "table_row" ? childrenOf(row) : [row];
    const cells = parts.flatMap((cell): CellNode[] => {
      if (cell instanceof Y.XmlElement && (cell.nodeName === "table_cell" || cell.nodeName === "table_header")) return [cellOf(cell, depth)];
      const content = blocksOf([cell], depth);
      return content.length > 0 ? [{ type: "table_cell", content }] : [];
    });
    return cells.length > 0 ? [{ type: "table_row" as const, content: cells }] : [];
  });
  return rows.length > 0 ? [{ type: "table", content: rows }] : [];
}

function imageOf(raw: Record<string, unknown>): BlockNode[] {
  const alt = clean(raw["alt"], WORDS_MAX);
  const caption = clean(raw["caption"], WORDS_MAX);
  const file = clean(raw["file"]);
  if (isUuid(file)) {
    const width = whole(raw["width"], 1, 20_000);
    const height = whole(raw["height"], 1, 20_000);
    return [{ type: "image", attrs: { file, alt, caption, ...(width && { width }), ...(height && { height }) } }];
  }
  return [alt, caption].filter(Boolean).map((text) => ({ type: "paragraph", content: [{ type: "text", text }] }));
}

function exercisePartsOf(children: readonly Child[], depth: number): (BlockNode | SolutionNode)[] {
  return children.flatMap((child): (BlockNode | SolutionNode)[] => {
    if (!(child instanceof Y.XmlElement) || child.nodeName !== "solution") return blocksOf([child], depth);
    const title = clean(child.getAttribute("title"), TITLE_MAX);
    return [{ type: "solution", attrs: { title }, content: filled(blocksOf(childrenOf(child), depth + 1)) }];
  });
}

function codeOf(raw: Record<string, unknown>, children: readonly Child[]): BlockNode {
  const language = clean(raw["language"]);
  const caption = clean(raw["caption"], TITLE_MAX);
  const text = plainText(children);
  return {
    type: "code_block",
    attrs: { language: /^[a-z0-9+#-]{0,30}$/.test(language) ? language : "", ...(caption && { caption }) },
    ...(text && { content: [{ type: "text" as const, text }] }),
  };
}

/** One element as blocks: none, one, or, for what is unknown here, those inside it. */
function blockOf(element: Y.XmlElement, depth: number): BlockNode[] {
  const children = childrenOf(element);
  if (depth >= DEPTH_MAX) return plainText(children) === "" ? [] : [paragraph(children, 0)];
  const raw = element.getAttributes() as Record<string, unknown>;
  const inner = (): BlockNode[] => filled(blocksOf(children, depth + 1));
  switch (element.nodeName) {
    case "paragraph":
      return [paragraph(children, depth)];
    case "heading": {
      const level = ([3, 4] as const).find((known) => known === raw["level"]) ?? 2;
      return [{ ...paragraph(children, depth), type: "heading", attrs: { level } } as BlockNode];
    }
    case "bullet_list":
    case "ordered_list": {
      const content = listItemsOf(element, depth + 1);
      const order = element.nodeName === "ordered_list" ? whole(raw["order"], 0, 100_000) : undefined;
      const type = element.nodeName;
      return content.length > 0 ? [{ type, ...(order !== undefined && order !== 1 && { attrs: { order } }), content }] : [];
    }
    case "code_block":
      return [codeOf(raw, children)];
    case "blockquote":
      return [{ type: "blockquote", content: inner() }];
    case "horizontal_rule":
      return [{ type: "horizontal_rule" }];
    case "image":
      return imageOf(raw);
    case "table":
      return tableOf(element, depth + 1);
    case "callout": {
      const kind = calloutKinds.find((known) => known === raw["kind"]) ?? "note";
      return [{ type: "callout", attrs: { kind, title: clean(raw["title"], TITLE_MAX) }, content: inner() }];
    }
    case "exercise":
      return [{ type: "exercise", attrs: { title: clean(raw["title"], TITLE_MAX) }, content: filled(exercisePartsOf(children, depth + 1)) }];
    default:
      return blocksOf(children, depth + 1);
  }
}

/** A fragment as content that fits `PageContent`. Throws `too_large` for a page past the bounds of the schema. */
export function readFragment(fragment: Y.XmlFragment): PageContent {
  const content = { type: "doc" as const, content: filled(blocksOf(childrenOf(fragment), 0)) };
  const checked = PageContent.safeParse(content);
  if (!checked.success) throw new CodedError("too_large", "the page has more parts than a page may have", { details: { at: checked.error.issues[0]?.path.join(".") } });
  return checked.data;
}
