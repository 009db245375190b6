import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedFields, sameContent, sameValue } from "./change.ts";
import type { FieldRule } from "./collection.ts";
import { mergeDocuments, mergeField } from "./merge.ts";
import { extendsText, mergeParagraphs } from "./paragraphs.ts";

const RUNS = { numRuns: 1_000 };
const stamped = fc.record({ value: fc.boolean(), at: fc.integer({ min: 0, max: 5 }) });
const numbers = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
/** Few different paragraphs, so that the same one stands in several places. */
const paragraph = fc.constantFrom("a", "b", "c", "ab", "abc", "b c", "");
const article = fc.array(paragraph, { maxLength: 7 }).map((lines) => lines.join("\n"));
const elements = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 5 });

const values = (base: unknown, mine: unknown, theirs: unknown, based = true) => ({ based, base, mine, theirs });

describe("fields that only grow", () => {
  it.each(["maximum", "minimum"] as const)("M1 %s is commutative, associative and idempotent", (rule) => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const join = (left: unknown, right: unknown) => mergeField(rule, values(undefined, left, right));
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(a, join(a, b))).toEqual(join(a, b));
      }),
      RUNS,
    );
  });

  it("M1 latest is commutative, associative and idempotent, also at the same moment", () => {
    const join = (left: unknown, right: unknown) => mergeField("latest", values(undefined, left, right));
    fc.assert(
      fc.property(fc.option(stamped, { nil: undefined }), fc.option(stamped, { nil: undefined }), stamped, (a, b, c) => {
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(a, join(a, b))).toEqual(join(a, b));
      }),
      RUNS,
    );
  });
});

describe("sets", () => {
  const merge = (base: number[], mine: number[], theirs: number[]) => mergeField("set", values(base, mine, theirs)) as number[];
  const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);

  it("M2 holds what either added and nothing that either took out", () => {
    fc.assert(
      fc.property(elements, elements, elements, (base, mine, theirs) => {
        const merged = new Set(merge(base, mine, theirs));
        for (const element of new Set([...base, ...mine, ...theirs])) {
          const [was, my, their] = [base.includes(element), mine.includes(element), theirs.includes(element)];
          expect(merged.has(element)).toBe(was ? my && their : my || their);
        }
      }),
      RUNS,
    );
  });

  it("M2 is commutative as a set, and idempotent", () => {
    fc.assert(
      fc.property(elements, elements, elements, (base, mine, theirs) => {
        const merged = merge(base, mine, theirs);
        expect(sorted(merged)).toEqual(sorted(merge(base, theirs, mine)));
        expect(merge(base, mine, merged)).toEqual(merged);
      }),
      RUNS,
    );
  });
});

describe("paragraphs", () => {
  const lines = (text: string) => text.split("\n");
  const holdsLine = (text: string, line: string) => lines(text).some((other) => extendsText(other, line));

  it("M3 loses no paragraph that either side wrote", () => {
    fc.assert(
      fc.property(fc.option(article, { nil: null }), article, article, (base, mine, theirs) => {
        const merged = mergeParagraphs(base, mine, theirs);
        const before = new Set(lines(base ?? ""));
        for (const line of [...lines(mine), ...lines(theirs)]) if (line !== "" && !before.has(line)) expect(holdsLine(merged, line)).toBe(true);
      }),
      RUNS,
    );
  });

  it("M3 is idempotent: the same edit offered again changes nothing", () => {
    fc.assert(
      fc.property(fc.option(article, { nil: null }), article, article, (base, mine, theirs) => {
        const merged = mergeParagraphs(base, mine, theirs);
        expect(mergeParagraphs(base, mine, merged)).toBe(merged);
      }),
      { numRuns: 5_000 },
    );
  }, 60_000);

  it("M3 takes the side that changed", () => {
    fc.assert(
      fc.property(article, article, (base, changed) => {
        expect(mergeParagraphs(base, changed, base)).toBe(changed);
        expect(mergeParagraphs(base, base, changed)).toBe(changed);
      }),
      RUNS,
    );
  });

  it.each([
    ["different places", "one\ntwo\nthree", "one!\ntwo\nthree", "one\ntwo\nthree!", "one!\ntwo\nthree!"],
    ["the same place", "one\ntwo", "one\nmine", "one\ntheirs", "one\ntheirs\nmine"],
    ["going on in the same paragraph", "Hello", "Hello world", "Hello wor", "Hello world"],
    ["added at both ends", "m", "a\nm", "m\nz", "a\nm\nz"],
    ["taken out here, added there", "a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"],
  ])("M3 merges %s", (_, base, mine, theirs, merged) => {
    expect(mergeParagraphs(base, mine, theirs)).toBe(merged);
  });

  it("M3 keeps both whole when they are too long to align, in bounded time", () => {
    const long = (letter: string) => Array.from({ length: 30_000 }, (_, index) => `${letter}${index % 7}`).join("\n");
    const merged = mergeParagraphs(long("b"), long("m"), long("t"));
    expect(merged).toBe(`${long("t")}\n${long("m")}`);
  });
});

describe("documents", () => {
  const last: FieldRule = { writer: "client", merge: "last" };
  const rules: Record<string, FieldRule> = {
    title: last,
    score: { writer: "client", merge: "maximum" },
    tags: { writer: "client", merge: "set" },
    text: { writer: "client", merge: "paragraphs" },
    done: { writer: "client", merge: "latest" },
    grade: { writer: "server" },
  };
  const document = fc.record(
    { id: fc.constant("i"), rev: fc.uuid(), title: fc.constantFrom("x", "y", "z"), score: fc.integer({ min: 0, max: 3 }), tags: elements, text: article, done: stamped, grade: fc.integer({ min: 0, max: 3 }) },
    { requiredKeys: ["id", "rev"] },
  );

  it("M4 is idempotent with and without a base, and never takes a field of the server from a device", () => {
    fc.assert(
      fc.property(fc.option(document, { nil: null }), document, document, (base, mine, theirs) => {
        const merged = mergeDocuments(rules, { base, mine, theirs });
        expect(sameContent(mergeDocuments(rules, { base, mine, theirs: { ...merged, rev: theirs.rev } }), merged)).toBe(true);
        expect(merged["grade"]).toEqual(theirs.grade);
      }),
      RUNS,
    );
  });

  it("M4 leaves what the person did not change as the master has it", () => {
    fc.assert(
      fc.property(document, document, (base, theirs) => {
        expect(sameContent(mergeDocuments({ title: last }, { base, mine: base, theirs }), theirs)).toBe(true);
      }),
      RUNS,
    );
  });

  it("M4 last: of two edits of one field the later arrival stands; without a base the master does", () => {
    expect(mergeField("last", values("a", "mine", "theirs"))).toBe("mine");
    expect(mergeField("last", values(undefined, "mine", "theirs", false))).toBe("theirs");
    expect(mergeField("last", values(undefined, "mine", undefined, false))).toBe("mine");
  });
});

describe("comparison", () => {
  it("C1 is about values: order of keys, undefined and absent make no difference", () => {
    expect(sameValue({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1, d: undefined })).toBe(true);
    expect(sameValue([1, 2], { 0: 1, 1: 2 })).toBe(false);
    expect(sameValue({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(sameValue(null, {})).toBe(false);
  });

  it("C1 an own __proto__ is a field like any other", () => {
    const odd = JSON.parse('{"__proto__": {"grade": 1}}') as Record<string, unknown>;
    expect(changedFields({}, odd)).toEqual(["__proto__"]);
    expect(mergeDocuments({}, { base: null, mine: odd, theirs: { id: "i" } })).toEqual({ id: "i" });
    expect(({} as Record<string, unknown>)["grade"]).toBeUndefined();
  });
});
