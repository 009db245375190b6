import type { Node } from "prosemirror-model";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { attributesOf, isNodeName } from "@mochila/shared/pages/node-specs.ts";

/** Attributes that always stand in the content, also with their default. */
const ALWAYS: ReadonlySet<string> = new Set(["level", "language", "file", "alt", "title", "kind"]);
const ALWAYS_OF_IMAGE: ReadonlySet<string> = new Set([...ALWAYS, "caption"]);

function attributes(node: Node): Record<string, unknown> | null {
  if (!isNodeName(node.type.name)) return null;
  const always = node.type.name === "image" ? ALWAYS_OF_IMAGE : ALWAYS;
  const kept = Object.entries(attributesOf(node.type.name)).flatMap(([name, standard]) => {
    const value: unknown = node.attrs[name];
    return value !== null && (always.has(name) || value !== standard) && name !== "colwidth" ? [[name, value] as const] : [];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

function toJson(node: Node): Record<string, unknown> {
  if (node.isText) {
    const marks = node.marks.map((mark) => (mark.type.name === "link" ? { type: "link", attrs: { href: String(mark.attrs["href"]) } } : { type: mark.type.name }));
    return { type: "text", text: node.text, ...(marks.length > 0 && { marks }) };
  }
  const attrs = attributes(node);
  const content = node.children.map(toJson);
  return { type: node.type.name, ...(attrs && { attrs }), ...(content.length > 0 && { content }) };
}

/**
 * The editor's document as the content that publishing would make of it, so that both can be compared: *Changes not published* is the
 * truth about the text, not about who pressed what.
 */
export const contentOf = (document: Node): PageContent => ({ type: "doc", content: document.children.map(toJson) }) as unknown as PageContent;
