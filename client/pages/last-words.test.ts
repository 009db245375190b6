import { beforeEach, expect, test, vi } from "vitest";
import { forgetLastWords, keepLastWords } from "./last-words.ts";

const stored = new Map<string, string>();
const noteOf = (userId: string): unknown => JSON.parse(stored.get(`mochila-${userId}-last-words`) ?? "null");

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  });
});

const words = (itemId: string, body: string) => ({ courseId: "c", itemId, body, base: "" });

test("D2 the last words of each note are kept for each person, until that note holds just these", () => {
  keepLastWords("sofia", words("one", "half a wor"));
  keepLastWords("sofia", words("two", "other"));
  keepLastWords("ben", words("one", "his"));
  forgetLastWords("sofia", { itemId: "one", body: "half a" });
  expect(noteOf("sofia")).toEqual({ one: words("one", "half a wor"), two: words("two", "other") });
  forgetLastWords("sofia", { itemId: "one", body: "half a wor" });
  expect(noteOf("sofia")).toEqual({ two: words("two", "other") });
  forgetLastWords("sofia", { itemId: "two", body: "other" });
  expect([...stored.keys()]).toEqual(["mochila-ben-last-words"]);
});

test("D2 a storage that is refused stops nobody from leaving", () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubGlobal("localStorage", { getItem: () => { throw new DOMException("denied", "SecurityError"); } });
  keepLastWords("sofia", words("one", "x"));
  forgetLastWords("sofia", { itemId: "one", body: "x" });
  expect(said).toHaveBeenCalledTimes(2);
  said.mockRestore();
});
