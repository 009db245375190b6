import fc from "fast-check";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";
import { calloutKinds, PageContent, walkContent } from "@mochila/shared/pages/content.ts";
import { contentToUpdate, documentToContent, normalizeContent, replacementUpdate } from "./content-document.ts";

const id = "0190a5c2-0000-7000-8000-000000000001";
const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0"));
const mark = fc.oneof(
  fc.constantFrom("strong", "em", "code", "strike", "superscript", "subscript").map((type) => ({ type })),
  fc.constantFrom("https://example.org/", "/courses", "#top", "mailto:a@b.c").map((href) => ({ type: "link", attrs: { href } })),
);
const text = fc.record({ type: fc.constant("text"), text: word, marks: fc.uniqueArray(mark, { selector: (one) => one.type, maxLength: 3 }) });
const inline = fc.array(fc.oneof(text, text, fc.constant({ type: "hard_break" })), { maxLength: 4 });
const title = fc.string({ unit: "grapheme", maxLength: 20 }).filter((one) => !one.includes("\0"));

const { block } = fc.letrec<{ block: { type: string } }>((tie) => {
  const blocks = fc.array(tie("block"), { maxLength: 3, depthIdentifier: "page" });
  const container = (type: string, attrs?: fc.Arbitrary<object>) =>
    attrs ? fc.record({ type: fc.constant(type), attrs, content: blocks }) : fc.record({ type: fc.constant(type), content: blocks });
  const list = fc.array(container("list_item"), { maxLength: 3 });
  const cell = fc.oneof(container("table_cell"), container("table_header", fc.record({ colspan: fc.constantFrom(1, 2), align: fc.constantFrom("start", "end") })));
  const solution = container("solution", fc.record({ title }));
  return {
    block: fc.oneof(
      { depthSize: "small", withCrossShrink: true, depthIdentifier: "page" },
      fc.record({ type: fc.constant("paragraph"), content: inline }),
      fc.record({ type: fc.constant("heading"), attrs: fc.record({ level: fc.constantFrom(2, 3, 4) }), content: inline }),
      fc.constant({ type: "horizontal_rule" }),
      fc.record({ type: fc.constant("code_block"), attrs: fc.record({ language: fc.constantFrom("", "bash", "c++"), caption: title }), content: fc.array(word.map((one) => ({ type: "text", text: one })), { maxLength: 2 }) }),
      fc.record({ type: fc.constant("image"), attrs: fc.record({ file: fc.constant(id), alt: title, caption: title, width: fc.constantFrom(1, 640) }) }),
      fc.record({ type: fc.constant("bullet_list"), content: list }),
      fc.record({ type: fc.constant("ordered_list"), attrs: fc.record({ order: fc.nat(9) }), content: list }),
      container("blockquote"),
      container("callout", fc.record({ kind: fc.constantFrom(...calloutKinds), title })),
      fc.record({ type: fc.constant("exercise"), attrs: fc.record({ title }), content: fc.array(fc.oneof(tie("block"), solution), { maxLength: 3, depthIdentifier: "page" }) }),
      fc.record({ type: fc.constant("table"), content: fc.array(fc.record({ type: fc.constant("table_row"), content: fc.array(cell, { maxLength: 3 }) }), { maxLength: 2 }) }),
    ) as fc.Arbitrary<{ type: string }>,
  };
});
const page = fc.array(block, { maxLength: 6 }).map((content) => PageContent.parse({ type: "doc", content }));

const wordsIn = (content: PageContent): string => [...walkContent(content)].map((node) => node.text ?? "").join("");
const open = (...updates: Uint8Array[]): Y.Doc => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
};

test("CO-1 content becomes a document and comes back: no word is lost, the canonical form is stable, the bytes are the same each time", () => {
  fc.assert(
    fc.property(page, (content) => {
      const update = contentToUpdate(content);
      expect(contentToUpdate(structuredClone(content))).toEqual(update);
      const back = documentToContent(open(update));
      expect(wordsIn(back)).toBe(wordsIn(content));
      expect(documentToContent(open(contentToUpdate(back)))).toEqual(back);
    }),
    { numRuns: 120 },
  );
}, 30_000);

test("CO-2 a replacement gives the new content to everyone who holds the old one, and doubles nothing", () => {
  fc.assert(
    fc.property(page, page, (old, next) => {
      const doc = open(contentToUpdate(old));
      const update = replacementUpdate(doc, next);
      const device = open(contentToUpdate(old));
      if (update) Y.applyUpdate(device, update);
      expect(documentToContent(device)).toEqual(normalizeContent(next));
      expect(replacementUpdate(device, next)).toBeNull();
    }),
    { numRuns: 60 },
  );
}, 30_000);

test("CO-3 what no editor of ours makes is read as words: unknown nodes, wrong places, wrong attributes, unsafe links", () => {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment(FRAGMENT);
  const odd = new Y.XmlElement("marquee");
  const inside = new Y.XmlText();
  inside.insert(0, "kept", { link: { href: "javascript:alert(1)" }, blink: {}, strong: {} });
  odd.insert(0, [inside]);
  const heading = new Y.XmlElement<{ level: number }>("heading");
  heading.setAttribute("level", 99);
  const picture = new Y.XmlElement("image");
  picture.setAttribute("file", "../../etc/passwd");
  picture.setAttribute("alt", "a\0 picture\uD800");
  const item = new Y.XmlElement("list_item");
  const solution = new Y.XmlElement("solution");
  const answer = new Y.XmlText();
  answer.insert(0, "42");
  solution.insert(0, [answer]);
  const bare = new Y.XmlText();
  bare.insert(0, "bare");
  fragment.insert(0, [odd, heading as unknown as Y.XmlElement, picture, item, solution, bare]);
  expect(documentToContent(doc).content).toEqual([
    { type: "paragraph", content: [{ type: "text", text: "kept", marks: [{ type: "strong" }] }] },
    { type: "heading", attrs: { level: 2 } },
    { type: "paragraph", content: [{ type: "text", text: "a picture\uFFFD" }] },
    { type: "paragraph", content: [{ type: "text", text: "42" }] },
    { type: "paragraph", content: [{ type: "text", text: "bare" }] },
  ]);
});

test("CO-4 nesting without end is read as words instead of ending the stack", () => {
  const doc = new Y.Doc();
  doc.transact(() => {
    let parent: Y.XmlFragment = doc.getXmlFragment(FRAGMENT);
    for (let depth = 0; depth < 1_000; depth += 1) {
      const quote = new Y.XmlElement("blockquote");
      parent.insert(0, [quote]);
      parent = quote;
    }
  });
  expect(documentToContent(doc).content).toHaveLength(1);
});
