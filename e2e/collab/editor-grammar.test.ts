import { initProseMirrorDoc, prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { contentOf } from "@mochila/client/pages/editor/page-content.ts";
import { schema } from "@mochila/client/pages/editor/schema.ts";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";
import { PageContent } from "@mochila/shared/pages/content.ts";
import { contentToUpdate, documentToContent } from "@mochila/sync-server/pages/content-document.ts";

const words = (text: string, ...marks: object[]) => ({ type: "text", text, ...(marks.length > 0 && { marks }) });
const paragraph = (...content: object[]) => (content.length > 0 ? { type: "paragraph", content } : { type: "paragraph" });

/** Every node and mark of the grammar once, in its canonical form. */
const everything = PageContent.parse({
  type: "doc",
  content: [
    { type: "heading", attrs: { level: 3 }, content: [words("Rain")] },
    paragraph(words("plain "), words("all", { type: "link", attrs: { href: "https://example.org/" } }, { type: "strong" }, { type: "em" }), { type: "hard_break" }, words("H"), words("2", { type: "subscript" }), words("O", { type: "code" })),
    { type: "bullet_list", content: [{ type: "list_item", content: [paragraph(words("one")), { type: "ordered_list", attrs: { order: 3 }, content: [{ type: "list_item", content: [paragraph()] }] }] }] },
    { type: "code_block", attrs: { language: "bash", caption: "Try" }, content: [words("ls -F\n  cd ..")] },
    { type: "code_block", attrs: { language: "" } },
    { type: "blockquote", content: [paragraph(words("said", { type: "strike" }, { type: "superscript" }))] },
    { type: "horizontal_rule" },
    { type: "image", attrs: { file: "0190a5c2-0000-7000-8000-000000000001", alt: "", caption: "", width: 640 } },
    { type: "table", content: [{ type: "table_row", content: [{ type: "table_header", attrs: { colspan: 2 }, content: [paragraph()] }] }, { type: "table_row", content: [{ type: "table_cell", attrs: { align: "end" }, content: [paragraph(words("1"))] }, { type: "table_cell", content: [paragraph()] }] }] },
    { type: "callout", attrs: { kind: "warning", title: "Careful" }, content: [paragraph(words("hot"))] },
    { type: "exercise", attrs: { title: "" }, content: [paragraph(words("try")), { type: "solution", attrs: { title: "Hint" }, content: [paragraph(words("so"))] }] },
    { type: "ordered_list", content: [{ type: "list_item", content: [paragraph(words("first"))] }] },
  ],
});

const documentOf = (content: PageContent): Y.Doc => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, contentToUpdate(content));
  return doc;
};

test("CO-5 what the server writes is what the editor's binding reads, whole and valid, and opening it writes nothing", () => {
  const doc = documentOf(everything);
  const before = Y.encodeStateAsUpdate(doc);
  const { doc: node } = initProseMirrorDoc(doc.getXmlFragment(FRAGMENT), schema);
  node.check();
  expect(contentOf(node)).toEqual(everything);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
});

test("CO-6 what the editor writes is what the server reads", () => {
  const node = yXmlFragmentToProseMirrorRootNode(documentOf(everything).getXmlFragment(FRAGMENT), schema);
  const doc = new Y.Doc();
  prosemirrorToYXmlFragment(node, doc.getXmlFragment(FRAGMENT));
  expect(documentToContent(doc)).toEqual(everything);
  // The binding compares element by element: the same attributes in both, or everyone who opens a page would rewrite it.
  expect(doc.getXmlFragment(FRAGMENT).toJSON()).toEqual(documentOf(everything).getXmlFragment(FRAGMENT).toJSON());
});
