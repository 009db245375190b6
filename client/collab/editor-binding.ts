import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";

/** Not zero, so that it is no one's by accident; never used by a person's document, which draws its id at random. */
const FIRST_WRITER = 7_001;

/**
 * The beginning of a page that has none: one empty paragraph, the same bytes on every device. If each editor made its own, two people who
 * open a new page at once would have two paragraphs. Applying it twice changes nothing.
 */
export function beginPage(doc: Y.Doc): void {
  if (doc.getXmlFragment(FRAGMENT).length > 0) return;
  const first = new Y.Doc();
  first.clientID = FIRST_WRITER;
  first.getXmlFragment(FRAGMENT).insert(0, [new Y.XmlElement("paragraph")]);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(first), "begin");
  first.destroy();
}

/**
 * Whether an editor may be bound now (DECISIONS 19). Before the first sync an empty document says nothing about the page: somebody else's
 * text may be on its way. A page that was made here and never sent is empty for everyone.
 */
export const mayBind = (known: { readonly everSynced: boolean; readonly isEmpty: boolean; readonly madeHere: boolean }): boolean =>
  known.everSynced || !known.isEmpty || known.madeHere;
