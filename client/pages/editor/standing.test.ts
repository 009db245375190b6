import { describe, expect, test } from "vitest";
import { hiddenBy } from "./standing.ts";

describe("what keeps students from a published page", () => {
  test("a course that is a draft or in the bin, before its module", () => {
    expect(hiddenBy({ state: "draft" }, { state: "draft" })).toBe("course");
    expect(hiddenBy({ state: "published" }, { state: "trashed" })).toBe("course");
  });

  test("a module that is a draft or in the bin", () => {
    expect(hiddenBy({ state: "draft" }, { state: "published" })).toBe("module");
    expect(hiddenBy({ state: "trashed" }, { state: "archived" })).toBe("module");
  });

  test("nothing, when both are shown or not known yet", () => {
    expect(hiddenBy({ state: "published" }, { state: "published" })).toBeNull();
    expect(hiddenBy(undefined, undefined)).toBeNull();
  });
});
