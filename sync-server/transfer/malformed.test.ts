import { expect, test } from "vitest";
import { CourseProblem } from "./course-problem.ts";
import { readEpisode } from "./episode.ts";
import { EPISODE_BYTES_MAX } from "./source-text.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const HEAD = "---\ntitle: T\n---\n";

test.each<[string, Uint8Array, number, RegExp]>([
  ["no front matter", bytes("# Hello\n"), 1, /does not begin with front matter/u],
  ["empty", bytes(""), 1, /front matter/u],
  ["unclosed front matter", bytes("---\ntitle: T\n\ntext\n"), 1, /not closed/u],
  ["bad YAML", bytes('---\ntitle: "T" x\n---\nx'), 2, /not YAML/u],
  ["YAML that ends too soon", bytes("---\ntitle: T\nquestions: [a\n---\nx"), 4, /not YAML/u],
  ["YAML that is a list", bytes("---\n- a\n---\nx"), 1, /no mapping/u],
  ["no title", bytes("---\nteaching: 5\n---\nx"), 1, /no title/u],
  ["minutes that are none", bytes("---\ntitle: T\nteaching: soon\n---\nx"), 3, /minutes/u],
  ["unclosed code", bytes(`${HEAD}a\n\n~~~\ncode\n`), 6, /not closed/u],
  ["unclosed division", bytes(`${HEAD}:::: challenge\n\n::: solution\n\n:::\n`), 4, /::: challenge” is not closed/u],
  ["a division closed too often", bytes(`${HEAD}::: challenge\n:::\n:::\n`), 6, /closes nothing/u],
  ["a division closed out of its quote", bytes(`${HEAD}> ::: challenge\n\n:::\n`), 4, /inside its block quote/u],
  ["no UTF-8", new Uint8Array([...bytes(`${HEAD}ok\n`), 0xc3, 0x28, 0x0a]), 5, /not UTF-8/u],
  ["a NUL byte", bytes(`${HEAD}a\nb\0\n`), 5, /NUL/u],
  ["too large", new Uint8Array(EPISODE_BYTES_MAX + 1), 1, /at most/u],
  ["nested without end", bytes(`${HEAD}${"> ".repeat(60)}x\n`), 4, /nested/u],
  ["a sentence without end", bytes(`---\ntitle: T\nquestions:\n- a\n- ${"a".repeat(2_001)}\n---\n`), 5, /characters/u],
])("%s: named with file and line", (_name, source, line, reason) => {
  const read = () => readEpisode({ file: "es/01-a.md", bytes: source, warn: () => undefined, findImage: () => null });
  let problem: unknown;
  try {
    read();
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(CourseProblem);
  expect((problem as CourseProblem).message).toMatch(reason);
  expect((problem as CourseProblem).place).toEqual({ file: "es/01-a.md", line });
  expect((problem as CourseProblem).message.startsWith(`es/01-a.md:${line}: `)).toBe(true);
});

test("line ends of Windows and a byte order mark change nothing", () => {
  const read = (text: string) => readEpisode({ file: "a.md", bytes: bytes(text), warn: () => undefined, findImage: () => null });
  const unix = `${HEAD}a\n\n> ## B\n> c\n{: .challenge}\n`;
  expect(read(`\uFEFF${unix.replaceAll("\n", "\r\n")}`)).toEqual(read(unix));
});
