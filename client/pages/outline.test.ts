import { expect, it } from "vitest";
import type { BlockNode, PageContent } from "@mochila/shared/pages/content.ts";
import { anchorsOf, exercisesOf, outlineOf } from "./outline.ts";

const heading = (level: 2 | 3 | 4, text: string): BlockNode => ({ type: "heading", attrs: { level }, content: [{ type: "text", text }] });
const exercise = (title: string, content: BlockNode[] = []): BlockNode => ({ type: "exercise", attrs: { title }, content });
const page = (...content: BlockNode[]): PageContent => ({ type: "doc", content });

it("gives every heading an id from its words, numbered where they repeat", () => {
  const content = page(heading(2, "¿Dónde está mi archivo?"), heading(3, "Details"), heading(2, "Details"));
  expect([...anchorsOf(content).values()]).toEqual(["donde-esta-mi-archivo", "details", "details-2"]);
});

it("gives an id also to a heading without letters", () => {
  expect([...anchorsOf(page(heading(2, "***"))).values()]).toEqual(["part"]);
});

it("lists second-level headings and exercises in reading order", () => {
  const content = page(heading(2, "One"), heading(3, "Inside"), exercise(""), exercise("Nelle's pipeline"));
  expect(outlineOf(content, anchorsOf(content), "Exercise").map((entry) => entry.text)).toEqual(["One", "Exercise", "Nelle's pipeline"]);
});

it("numbers exercises through the page, also inside other blocks", () => {
  const inner = exercise("inner");
  const last = exercise("last");
  const places = exercisesOf(page(exercise("first"), { type: "callout", attrs: { kind: "note", title: "" }, content: [inner] }, last));
  expect([places.get(inner), places.get(last)]).toEqual([1, 2]);
});
