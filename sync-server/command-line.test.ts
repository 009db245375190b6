import { expect, test } from "vitest";
import { readCall, readOptions } from "./command-line.ts";

const OPTIONS = { email: { type: "string" }, student: { type: "string", multiple: true }, again: { type: "boolean" } } as const;

test("options and words as they were typed", () => {
  expect(readCall(["folder", "--email=a@b.c", "--student", "x", "--student", "y"], OPTIONS, { words: true })).toEqual({ values: { email: "a@b.c", student: ["x", "y"] }, words: ["folder"] });
});

test.each([
  [["--emial", "a@b.c"], "There is no option --emial."],
  [["--email"], "The option --email needs a value; one that begins with a dash is given as --email=<value>."],
  [["--email", "--again"], "The option --email needs a value; one that begins with a dash is given as --email=<value>."],
  [["--again=yes"], "The option --again takes no value."],
  [["a@b.c"], "This verb takes options only; a value with spaces stands in quotes."],
  [["--email", "a@b.c", "--email", "d@e.f"], "The option --email is given more than once."],
])("what is wrong with %j is said in one sentence", (args, sentence) => {
  expect(() => readOptions(args, OPTIONS)).toThrow(sentence);
});
