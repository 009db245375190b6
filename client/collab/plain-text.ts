import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";

type Part = Y.XmlElement | Y.XmlText | Y.XmlHook;

/** Words that stand in attributes, as people read them: before what the block holds, in this order. */
const SAID = ["title", "caption", "alt"];

const lettersOf = (text: Y.XmlText): string => (text.toDelta() as { insert: unknown }[]).map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");

function textOf(node: Part): string {
  if (node instanceof Y.XmlText) return lettersOf(node);
  if (!(node instanceof Y.XmlElement)) return "";
  if (node.nodeName === "hard_break") return "\n";
  const parts = node.toArray() as Part[];
  // Cells beside each other, as a spreadsheet takes them.
  if (node.nodeName === "table_row") return parts.map(textOf).join("\t");
  const said = SAID.flatMap((name) => node.getAttribute(name) || []);
  const isLine = (part: Part): boolean => part instanceof Y.XmlText || (part as Y.XmlElement).nodeName === "hard_break";
  const held = parts.map(textOf).join(parts.some(isLine) ? "" : "\n");
  return [...said, held].filter(Boolean).join("\n");
}

/** The words of a page for people, a paragraph a block. */
export const plainTextOf = (doc: Y.Doc): string => (doc.getXmlFragment(FRAGMENT).toArray() as Part[]).map(textOf).join("\n\n").trim();
