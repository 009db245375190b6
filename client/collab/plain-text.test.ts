import { expect, test } from "vitest";
import * as Y from "yjs";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";
import { plainTextOf } from "./plain-text.ts";

type Spec = string | readonly [name: string, attrs: Readonly<Record<string, string>>, ...children: Spec[]];

const build = (spec: Spec): Y.XmlElement | Y.XmlText => {
  if (typeof spec === "string") return new Y.XmlText(spec);
  const [name, attrs, ...children] = spec;
  const element = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attrs)) element.setAttribute(key, value);
  element.insert(0, children.map(build));
  return element;
};
const p = (text: string): Spec => ["paragraph", {}, text];

test("the words of a page: cells apart, items on lines of their own, titles and captions too", () => {
  const doc = new Y.Doc();
  const blocks: Spec[] = [
    ["paragraph", {}, "one", ["hard_break", {}], "two"],
    ["table", {}, ["table_row", {}, ["table_header", {}, p("Name")], ["table_header", {}, p("Age")]], ["table_row", {}, ["table_cell", {}, p("Mei")], ["table_cell", {}, p("12")]]],
    ["bullet_list", {}, ["list_item", {}, p("first")], ["list_item", {}, p("second")]],
    ["exercise", { title: "Count them" }, p("How many?"), ["solution", { title: "" }, p("Four")]],
    ["image", { file: "x", alt: "a boat", caption: "On the lake" }],
  ];
  doc.getXmlFragment(FRAGMENT).insert(0, blocks.map(build));
  expect(plainTextOf(doc)).toBe("one\ntwo\n\nName\tAge\nMei\t12\n\nfirst\nsecond\n\nCount them\nHow many?\nFour\n\nOn the lake\na boat");
});
