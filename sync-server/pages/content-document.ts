// A page's content and its shared document are one thing in two forms. The shared form is the one the editor's binding keeps: an
// XmlFragment "prosemirror" whose elements carry the grammar's names and attributes, and texts with marks as formats.
import { createHash } from "node:crypto";
import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { attributesOf, type NodeName } from "@mochila/shared/pages/node-specs.ts";
import { readFragment } from "./document-reader.ts";

interface AnyNode {
  readonly type: string;
  readonly text?: string;
  readonly marks?: readonly { readonly type: string; readonly attrs?: Record<string, unknown> }[];
  readonly attrs?: Record<string, unknown>;
  readonly content?: readonly AnyNode[];
}

const EMPTY_PARAGRAPH: AnyNode = { type: "paragraph" };
/** Nodes that cannot be empty get one empty paragraph: the editor would drop them, and put no cursor into them. */
const FILLED = new Set(["doc", "list_item", "blockquote", "table_cell", "table_header", "callout", "exercise", "solution"]);
/** Nodes that are nothing without parts. */
const NEVER_EMPTY = new Set(["bullet_list", "ordered_list", "table", "table_row"]);

function textOf(nodes: readonly AnyNode[]): Y.XmlText {
  const text = new Y.XmlText();
  text.applyDelta(
    nodes.map((node) => ({
      insert: node.text ?? "",
      attributes: Object.fromEntries((node.marks ?? []).map((mark) => [mark.type, mark.attrs ?? {}])),
    })),
  );
  return text;
}

function elementOf(node: AnyNode): Y.XmlElement {
  const element = new Y.XmlElement<Record<string, string | number>>(node.type);
  for (const [name, standard] of Object.entries(attributesOf(node.type as NodeName))) {
    const value = (node.attrs?.[name] as string | number | null | undefined) ?? standard;
    if (value !== null) element.setAttribute(name, value);
  }
  element.insert(0, childrenOf(node));
  return element as unknown as Y.XmlElement;
}

function childrenOf(node: AnyNode): (Y.XmlElement | Y.XmlText)[] {
  const kept = (node.content ?? []).filter((child) => !NEVER_EMPTY.has(child.type) || hasParts(child));
  const content = kept.length === 0 && FILLED.has(node.type) ? [EMPTY_PARAGRAPH] : kept;
  const children: (Y.XmlElement | Y.XmlText)[] = [];
  let run: AnyNode[] = [];
  const endRun = () => {
    if (run.length > 0) children.push(textOf(run));
    run = [];
  };
  for (const child of content) {
    if (child.type === "text") run.push(child);
    else {
      endRun();
      children.push(elementOf(child));
    }
  }
  endRun();
  return children;
}

const hasParts = (node: AnyNode): boolean =>
  node.type === "table" ? (node.content ?? []).some(hasParts) : (node.content ?? []).length > 0;

/**
 * The id of the writer in the document. From the content, so that the same content gives the same bytes wherever it is made, and other
 * content never claims the same places (two histories with one writer cannot be merged).
 */
const writerOf = (...parts: readonly (string | Uint8Array)[]): number => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest().readUInt32BE(0);
};

const sameNode = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** A new document with this content: a Yjs update of format 1. Deterministic. `content` fits `PageContent`. */
export function contentToUpdate(content: PageContent): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = writerOf(JSON.stringify(content));
  doc.getXmlFragment(FRAGMENT).insert(0, childrenOf(content as unknown as AnyNode));
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/**
 * The update that turns `doc` (left as it is) into one with `content`: blocks equal at the start and the end stay, what is between is
 * replaced. Whoever holds the old document merges it without doubling anything. Null when nothing differs.
 */
export function replacementUpdate(doc: Y.Doc, content: PageContent): Uint8Array | null {
  const before = Y.encodeStateAsUpdate(doc);
  const copy = new Y.Doc();
  copy.clientID = writerOf(before, JSON.stringify(content));
  Y.applyUpdate(copy, before);
  const next = normalizeContent(content).content;
  const fragment = copy.getXmlFragment(FRAGMENT);
  // One element read as no block or as several: the indices would not agree, so all of it is replaced.
  const blocks = documentToContent(copy).content;
  const now = blocks.length === fragment.length ? blocks : [];
  let start = 0;
  while (start < Math.min(now.length, next.length) && sameNode(now[start], next[start])) start += 1;
  let end = 0;
  while (end < Math.min(now.length, next.length) - start && sameNode(now.at(-1 - end), next.at(-1 - end))) end += 1;
  const removed = fragment.length - start - end;
  if (removed === 0 && next.length === start + end) return null;
  const vector = Y.encodeStateVector(doc);
  copy.transact(() => {
    if (removed > 0) fragment.delete(start, removed);
    fragment.insert(start, next.slice(start, next.length - end).map((node) => elementOf(node as unknown as AnyNode)));
  });
  const update = Y.encodeStateAsUpdate(copy, vector);
  copy.destroy();
  return update;
}

/** What the room holds, as content: validated, in its one canonical form. Unknown nodes go, their words stay. Throws `too_large`. */
export const documentToContent = (doc: Y.Doc): PageContent => readFragment(doc.getXmlFragment(FRAGMENT));

/** The canonical form of content: what comes out again after it was a document. */
export function normalizeContent(content: PageContent): PageContent {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, contentToUpdate(content));
  const normal = documentToContent(doc);
  doc.destroy();
  return normal;
}
