import { describe, expect, it } from "vitest";
import { byOrder } from "@mochila/shared/kernel/ordering.ts";
import { keyAtEnd, moveBy, type Ordered } from "./arrange.ts";

const rows: Ordered[] = [
  { id: "a", order: "F" },
  { id: "b", order: "V" },
  { id: "c", order: "k" },
];
const apply = (before: readonly Ordered[], changes: readonly Ordered[]): string =>
  before
    .map((row) => changes.find((change) => change.id === row.id) ?? row)
    .sort(byOrder)
    .map((row) => row.id)
    .join("");

describe("arranging rows", () => {
  it("rewrites one row to move it", () => {
    const up = moveBy(rows, "c", -1);
    expect(up).toHaveLength(1);
    expect(apply(rows, up)).toBe("acb");
    expect(apply(rows, moveBy(rows, "a", 1))).toBe("bac");
    expect(apply(rows, moveBy(rows, "b", -1))).toBe("bac");
  });

  it("does nothing at the ends, and nothing for a row that is not there", () => {
    expect(moveBy(rows, "a", -1)).toEqual([]);
    expect(moveBy(rows, "c", 1)).toEqual([]);
    expect(moveBy(rows, "x", 1)).toEqual([]);
  });

  it("makes room where two devices chose the same key", () => {
    const same = [{ id: "a", order: "V" }, { id: "b", order: "V" }, { id: "c", order: "k" }];
    expect(apply(same, moveBy(same, "c", -1))).toBe("acb");
  });

  it("adds after the last", () => {
    const key = keyAtEnd(rows);
    expect(apply([...rows, { id: "d", order: key }], [])).toBe("abcd");
    expect(keyAtEnd([])).toMatch(/^[0-9A-Za-z]+$/);
  });
});
