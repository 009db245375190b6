import { describe, expect, it } from "vitest";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { EditionItem, PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { courseSummaries } from "./course-summary.ts";
import { courseTree, readingMinutes } from "./course-tree.ts";

const base = { rev: "", courseId: "c" };
const module = (id: string, order: string, state: Module["state"] = "published"): Module => ({ ...base, id, title: { en: id }, order, state });
const page = (id: string, moduleId: string, state: PageItem["state"] = "published"): PageItem => ({ ...base, id, kind: "page", moduleId, title: { en: id }, order: id, state });
const edition = (itemId: string, files: { id: string; bytes: number }[], languages: ("en" | "es")[] = ["en", "es"]): EditionItem => ({
  ...base,
  id: `edition-${itemId}`,
  kind: "edition",
  itemId,
  languages: Object.fromEntries(languages.map((lang) => [lang, { words: 540, bytes: 1_000, publishedAt: 1 }])),
  files: files.map((file) => ({ ...file, type: "image/png" })),
});
const progress = (itemId: string, more: Partial<Progress>): Progress => ({ ...base, id: itemId, userId: "u", itemId, ...more });
const empty = { modules: [], pages: [], editions: [], progress: [], onDevice: new Set<string>(), lang: "en" as const, drafts: false };

describe("course tree", () => {
  it("orders modules and pages, numbers modules, and leaves out drafts and the bin", () => {
    const tree = courseTree({ ...empty, modules: [module("m2", "b"), module("m1", "a"), module("m3", "c", "draft")], pages: [page("p2", "m1"), page("p1", "m1"), page("p3", "m2", "trashed"), page("p4", "m3")] });
    expect(tree.modules.map((one) => [one.number, one.id, one.items.map((item) => item.id)])).toEqual([
      [1, "m1", ["p1", "p2"]],
      [2, "m2", []],
    ]);
  });

  it("counts as the list of courses does, also while a module is hidden", () => {
    const rows = { modules: [module("m1", "a"), module("m2", "b", "draft")], pages: [page("p1", "m1"), page("p2", "m1"), page("p3", "m2")], progress: [progress("p1", { done: { value: true, at: 1 } }), progress("p3", { done: { value: true, at: 1 } })] };
    const course = { ...base, id: "c", title: { en: "C" }, description: {}, languages: ["en" as const], state: "published" as const };
    const [summary] = courseSummaries({ ...rows, courses: [course], members: [], userId: "u", lang: "en" });
    const tree = courseTree({ ...empty, ...rows });
    expect([summary?.done, summary?.pages]).toEqual([tree.done, tree.items.length]);
  });

  it("shows drafts, but never the bin, to those who arrange it", () => {
    const tree = courseTree({ ...empty, drafts: true, modules: [module("m1", "a", "draft")], pages: [page("p1", "m1", "draft"), page("p2", "m1", "trashed")] });
    expect(tree.items.map((item) => item.id)).toEqual(["p1"]);
  });

  it("knows done, begun and what to go on with", () => {
    const tree = courseTree({
      ...empty,
      modules: [module("m1", "a")],
      pages: [page("p1", "m1"), page("p2", "m1"), page("p3", "m1")],
      progress: [progress("p1", { done: { value: true, at: 1 }, seenAt: 1 }), progress("p3", { seenAt: 2 }), progress("p2", { done: { value: false, at: 3 } })],
    });
    expect(tree.items.map((item) => item.state)).toEqual(["done", "none", "part"]);
    expect([tree.done, tree.now]).toEqual([1, "p3"]);
  });

  it("counts a file that two pages show once, and tells what is missing", () => {
    const shared = { id: "f1", bytes: 5_000 };
    const tree = courseTree({
      ...empty,
      modules: [module("m1", "a")],
      pages: [page("p1", "m1"), page("p2", "m1"), page("p3", "m1")],
      editions: [edition("p1", [shared]), edition("p2", [shared, { id: "f2", bytes: 700 }])],
      onDevice: new Set(["f2"]),
    });
    expect(tree.bytesMissing).toBe(5_000);
    expect(tree.bytesHere).toBe(4 * 1_000 + 700);
    // p3 has no edition yet: it is not here.
    expect(tree.here).toBe(0);
    expect(tree.items[1]?.missing.map((file) => file.id)).toEqual(["f1"]);
  });

  it("marks a page that is only in the other language", () => {
    const tree = courseTree({ ...empty, lang: "es", modules: [module("m1", "a")], pages: [page("p1", "m1"), page("p2", "m1")], editions: [edition("p1", [], ["en"]), edition("p2", [])] });
    expect(tree.items.map((item) => item.onlyIn)).toEqual(["en", null]);
    expect(tree.items[0]?.minutes).toBe(3);
  });
});

it("never promises less than a minute", () => {
  expect([readingMinutes(0), readingMinutes(20), readingMinutes(1_800)]).toEqual([1, 1, 10]);
});
