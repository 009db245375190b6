import { expect, it } from "vitest";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { bookmarked, inCourseOrder, lately, resumeAt } from "./resume.ts";

const page = (id: string, courseId = "c1"): PageItem => ({ id, rev: "", courseId, kind: "page", moduleId: "m1", title: { en: id }, order: id, state: "published" });
const seen = (itemId: string, at: number, done = false): Progress => ({ id: itemId, rev: "", courseId: "c1", userId: "u", itemId, seenAt: at, ...(done ? { done: { value: true, at } } : {}) });
const pages = [page("a"), page("b"), page("c"), page("z", "c2")];

it("goes on with the page that was touched last", () => {
  expect(resumeAt(pages, [seen("a", 5), seen("b", 9)])?.id).toBe("b");
});

it("goes on with the next page of the same course when that one is done", () => {
  expect(resumeAt(pages, [seen("a", 9, true), seen("b", 3, true)])?.id).toBe("c");
});

it("falls back to what was begun before, when the rest of that course is done", () => {
  expect(resumeAt(pages, [seen("c", 9, true), seen("a", 3)])?.id).toBe("a");
});

it("begins with the first page when nothing was opened", () => {
  expect(resumeAt(pages, [])?.id).toBe("a");
  expect(resumeAt([], [])).toBeNull();
});

it("has nothing to offer when all is done", () => {
  expect(resumeAt(pages, pages.map((one) => seen(one.id, 1, true)))).toBeNull();
});

it("orders pages by the module's order, then by their own, and leaves out what is not published", () => {
  const modules = [
    { id: "m1", order: "b", state: "published" },
    { id: "m2", order: "a", state: "published" },
    { id: "m3", order: "c", state: "draft" },
  ];
  const mixed = [page("a"), { ...page("b"), moduleId: "m2" }, { ...page("c"), moduleId: "m3" }, { ...page("d"), state: "draft" as const }];
  expect(inCourseOrder(mixed, modules).map((one) => one.id)).toEqual(["b", "a"]);
});

it("lists the pages with a bookmark, the newest first, and not those whose bookmark was taken out", () => {
  const marked = (itemId: string, at: number, value = true): Progress => ({ ...seen(itemId, 1), bookmark: { value, at } });
  expect(bookmarked(pages, [marked("a", 5), marked("z", 9), marked("b", 7, false), seen("c", 20), marked("gone", 8)]).map(({ page: one, at }) => [one.id, at])).toEqual([["z", 9], ["a", 5]]);
});

it("lists what was touched last, newest first, without pages that are gone", () => {
  const list = lately(pages, [seen("a", 5), seen("gone", 9), seen("c", 7, true), seen("b", 6)], 2);
  expect(list.map(({ page: one, at, done }) => [one.id, at, done])).toEqual([
    ["c", 7, true],
    ["b", 6, false],
  ]);
});
