import { describe, expect, test } from "vitest";
import { drafts } from "@mochila/shared/drafts/schema.ts";
import { items } from "@mochila/shared/pages/schema.ts";
import { progress } from "@mochila/shared/progress/schema.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import { isSame, lostFields, plainText } from "./lost-fields.ts";

const of = (definition: unknown) => definition as CollectionDefinition;
const removed = { id: "a", _deleted: true };

describe("what a conflict takes from the person (DECISIONS 4)", () => {
  test("a field that both changed, where the other's stands", () => {
    const base = { title: { en: "old" }, order: "a" };
    expect(lostFields(of(items), { mine: { title: { en: "mine" }, order: "a" }, base, master: { title: { en: "theirs" }, order: "b" } })).toEqual({ title: { en: "mine" } });
  });

  test("nothing, where the master has what they changed and differs elsewhere", () => {
    const base = { title: { en: "old" }, order: "a" };
    expect(lostFields(of(items), { mine: { title: { en: "mine" }, order: "a" }, base, master: { title: { en: "mine" }, order: "b" } })).toEqual({});
  });

  test("nothing, where paragraphs were merged; the text, where one is missing", () => {
    const base = { body: "one" };
    const mine = { body: "one\n\ntwo" };
    expect(lostFields(of(drafts), { mine, base, master: { body: "zero\n\none\n\ntwo" } })).toEqual({});
    expect(lostFields(of(drafts), { mine: { body: "one\ntwo" }, base, master: { body: "one\nof another device\ntwo" } })).toEqual({});
    expect(lostFields(of(drafts), { mine, base, master: { body: "zero\n\none" } })).toEqual({ body: "one\n\ntwo" });
    // A word of somebody else's sentence is not the paragraph.
    expect(lostFields(of(drafts), { mine: { body: "one\nrain" }, base, master: { body: "one\nit rains" } })).toEqual({ body: "one\nrain" });
  });

  test("progress follows its rules: earlier sight, later action, better score win and are no loss", () => {
    const mine = { done: { value: true, at: 5 }, seenAt: 9, score: 0.5 };
    expect(lostFields(of(progress), { mine, base: undefined, master: { done: { value: false, at: 6 }, seenAt: 3, score: 0.7 } })).toEqual({});
    expect(lostFields(of(progress), { mine, base: undefined, master: { seenAt: 3, score: 0.7 } })).toEqual({ done: { value: true, at: 5 } });
  });

  test("all of their changes, when the document was removed; ids are no work", () => {
    const mine = { id: "a", courseId: "c", userId: "u", itemId: "i", kind: "note", body: "text", createdAt: 1 };
    expect(lostFields(of(drafts), { mine, base: undefined, master: removed })).toEqual({ body: "text" });
    expect(lostFields(of(drafts), { mine: { id: "a", _deleted: true }, base: mine, master: removed })).toEqual({});
  });

  test("fields of the server are never the person's", () => {
    expect(lostFields(of(items), { mine: { content: { type: "doc" } }, base: undefined, master: removed })).toEqual({});
  });
});

test("equality is of JSON, whatever the order of keys", () => {
  expect(isSame({ a: [1, { b: null }], c: "d" }, { c: "d", a: [1, { b: null }] })).toBe(true);
  expect(isSame({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(isSame([1], { 0: 1 })).toBe(false);
  expect(isSame(null, {})).toBe(false);
});

test("plain text is what a person would want back", () => {
  expect(plainText({ title: { en: "Page", es: "Página" }, order: "a", n: 3 })).toBe("Page\nPágina\na");
});
