import { describe, expect, test } from "vitest";
import { indexFor, indexesOf } from "./indexes.ts";

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
    ["progress", { itemId: { $in: ["a", "b"] } }, "courseId"],
  ])("of %s with %j holds every document that it asks for", (collection, selector, fields) => {
    expect(indexFor(collection, selector)).toEqual(["_deleted", ...fields.split(","), "id"]);
  });

  test("is left to RxDB where there is only the primary key", () => {
    expect(indexFor("courses", {})).toBeNull();
    expect(indexesOf("courses")).toEqual([]);
  });
});
