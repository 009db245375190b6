import { describe, expect, test } from "vitest";
import { indexFor, indexesOf, unkeptIndexesOf } from "./indexes.ts";

describe("the index of a query", () => {
  test.each([
    ["items", {}, "courseId"],
    ["items", { kind: { $eq: "edition" } }, "courseId"],
    ["items", { moduleId: { $eq: "m" } }, "moduleId,order"],
    ["items", { moduleId: "m", kind: "page" }, "moduleId,order"],
    ["items", { itemId: { $eq: "i" }, kind: { $eq: "body" } }, "itemId"],
    ["items", { courseId: { $eq: "c" }, kind: { $eq: "page" } }, "courseId"],
    ["items", { moduleId: { $gt: "" } }, "courseId"],
    ["items", { order: { $eq: "a" } }, "courseId"],
    ["items", { id: { $eq: "i" } }, "courseId"],
    ["progress", { itemId: { $in: ["a", "b"] } }, "courseId"],
  ])("of %s with %j holds every document that it asks for", (collection, selector, fields) => {
    expect(indexFor(collection, selector)).toEqual(["_deleted", ...fields.split(","), "id"]);
  });

  test("is none of notes, which are read by their id alone", () => {
    expect(() => indexFor("drafts", { itemId: { $eq: "i" } })).toThrow("by their id alone");
    expect(indexFor("drafts", { id: { $eq: "i" } })).toEqual(["_deleted", "id"]);
    expect(unkeptIndexesOf("drafts")).toEqual(["[_deleted+id]", "[_deleted+courseId+id]", "[_deleted+itemId+id]"]);
  });

  test("is never one that the storage leaves out", () => {
    expect(unkeptIndexesOf("items")).toEqual(["[_deleted+id]"]);
    expect(unkeptIndexesOf("courses")).toEqual([]);
  });

  test("is left to RxDB where there is only the primary key", () => {
    expect(indexFor("courses", {})).toBeNull();
    expect(indexesOf("courses")).toEqual([]);
  });
});
