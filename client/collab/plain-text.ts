import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";

const textOf = (node: Y.XmlFragment | Y.XmlElement | Y.XmlText | Y.XmlHook): string => {
  if (node instanceof Y.XmlText) return (node.toDelta() as { insert: unknown }[]).map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
  return node instanceof Y.XmlFragment ? node.toArray().map((child) => textOf(child as Y.XmlElement | Y.XmlText)).join(node instanceof Y.XmlElement ? "" : "\n\n") : "";
};

/** The words of a page for people, a paragraph a block. */
export const plainTextOf = (doc: Y.Doc): string => textOf(doc.getXmlFragment(FRAGMENT)).trim();
