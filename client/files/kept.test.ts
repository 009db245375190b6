import { describe, expect, test } from "vitest";
import { keptCourses, nextMissing } from "./kept.ts";

const files = [{ id: "a", bytes: 10 }, { id: "b", bytes: 30 }];
const facts = (change: object = {}) => ({
  kept: [{ courseId: "first", paused: false }, { courseId: "second", paused: false }],
  filesOf: new Map([["first", files], ["second", [{ id: "c", bytes: 5 }]]]),
  onDevice: new Set<string>(),
  failed: new Set<string>(),
  ...change,
});

describe("kept courses", () => {
  test.each([
    [{}, "getting", 0],
    [{ onDevice: new Set(["a"]) }, "getting", 10],
    [{ onDevice: new Set(["a", "b"]) }, "kept", 40],
    [{ onDevice: new Set(["a"]), failed: new Set(["b"]) }, "failed", 10],
    [{ failed: new Set(["a"]) }, "getting", 0],
    [{ kept: [{ courseId: "first", paused: true }] }, "paused", 0],
    [{ kept: [{ courseId: "first", paused: true }], onDevice: new Set(["a", "b"]) }, "kept", 40],
  ])("with %j are %s", (change, state, bytesDone) => {
    expect(keptCourses(facts(change)).get("first")).toEqual({ courseId: "first", state, bytesDone, bytesAll: 40 });
  });

  test("without files are kept: their text is here", () => {
    expect(keptCourses(facts({ filesOf: new Map() })).get("first")).toMatchObject({ state: "kept", bytesAll: 0 });
  });
});

describe("the next file to get", () => {
  test("goes course by course, over what is here or cannot be had", () => {
    expect(nextMissing(facts())?.id).toBe("a");
    expect(nextMissing(facts({ failed: new Set(["a"]) }))?.id).toBe("b");
    expect(nextMissing(facts({ onDevice: new Set(["a", "b"]) }))).toEqual({ id: "c", bytes: 5, courseId: "second" });
    expect(nextMissing(facts({ onDevice: new Set(["a", "b", "c"]) }))).toBeNull();
  });

  test("leaves a paused course alone", () => {
    expect(nextMissing(facts({ kept: [{ courseId: "first", paused: true }, { courseId: "second", paused: false }] }))?.id).toBe("c");
  });
});
