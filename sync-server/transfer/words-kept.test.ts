// What the importer keeps, measured against a second, much simpler reading of the same files that shares no code with it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { walkContent } from "@mochila/shared/pages/content.ts";
import type { CourseWarning } from "./course-problem.ts";
import { type Episode, readEpisode } from "./episode.ts";

const data = resolve(process.env["MOCHILA_DATA"] ?? join(import.meta.dirname, "../../../shared/data"), "shell-novice");
const WORD = /[\p{L}\p{N}]+/gu;
const words = (text: string): string[] => text.match(WORD) ?? [];

/** Strings of a tree in the order of reading: titles before contents, the description of a picture before its caption. */
function stringsOf(node: unknown, key = ""): string[] {
  if (typeof node === "string") return ["text", "title", "alt", "caption"].includes(key) ? [node] : [];
  if (Array.isArray(node)) {
    // Neighbouring texts may share a word (`**w**ord`): they are joined as a reader sees them.
    const inline = node.length > 0 && node.every((part: { type?: string }) => part.type === "text" || part.type === "hard_break");
    return inline ? [node.map((part: { text?: string }) => part.text ?? " ").join("")] : node.flatMap((part) => stringsOf(part));
  }
  if (node === null || typeof node !== "object") return [];
  const { attrs, content, ...rest } = node as Record<string, unknown>;
  return [...Object.entries(attrs ?? {}), ...Object.entries(rest), ["content", content] as const].flatMap(([name, value]) => stringsOf(value, name));
}

interface SourceReading {
  readonly front: string[];
  readonly body: string[];
  readonly lists: string[];
  readonly codes: string[];
}

/** Every value of the front matter, also of a key that stands twice, as a reader of the file sees it. */
const frontWords = (yaml: string): string[] =>
  yaml.split("\n").flatMap((line) => {
    const value = line.replace(/^(?:\w+:|-)\s*/u, "");
    return value === "" || /^(?:teaching|exercises):/u.test(line) ? [] : words(String(parse(value)));
  });

const proseOf = (line: string): string =>
  line
    .replaceAll(/\]\((?:\\.|\([^()]*\)|[^()])*\)/gu, "] ")
    .replaceAll(/\{alt='([^']*)'\}/gu, " $1 ")
    .replace(/^\s*\d+\.\s/u, " ")
    .replaceAll(/(?<=\p{L})\*\*(?=\p{L})/gu, "");

const languageOf = (name: string): string => (name === "source" ? "" : name);

/** The words and the code of an episode's file as its author wrote them, read with a handful of regular expressions. */
function readSource(text: string): SourceReading {
  const [, yaml = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/su.exec(text) ?? [];
  const reading = { out: [] as string[], lists: [] as string[], codes: [] as string[] };
  let code: { lines: string[]; indent: number; depth: number } | null = null;
  let inList = false;
  for (const written of body.split("\n")) {
    // A tab right behind `>` is three columns wide there.
    const raw = written.replace(/^>\t/u, ">   ");
    const depth = raw.match(/^(?:\s{0,3}> ?)*/u)?.[0].split(">").length ?? 1;
    const line = code ? raw.replace(new RegExp(String.raw`^(?:\s{0,3}>[ \t]?){0,${code.depth - 1}}`, "u"), "") : raw.replace(/^(?:\s{0,3}> ?)+/u, "");
    const fence = /^(\s*)(?:```|~~~)\s*(\w*)/u.exec(line);
    const division = code ? null : /^:{3,}\s*(\w*)/u.exec(line);
    const classes = code ? null : /^\s*\{:[ .]*(\w+)\}\s*$/u.exec(line);
    if (division) inList = ["questions", "objectives", "keypoints"].includes(division[1] ?? "");
    else if (classes && ["bash", "output", "source", "error"].includes(classes[1] ?? "")) reading.codes.push((reading.codes.pop() ?? "").replace(/^.*?\n/u, `${languageOf(classes[1] ?? "")}\n`));
    else if (fence && code) {
      reading.codes[reading.codes.length - 1] += code.lines.join("\n");
      code = null;
    } else if (fence) {
      code = { lines: [], indent: fence[1]?.length ?? 0, depth };
      reading.codes.push(`${languageOf(fence[2] ?? "")}\n`);
    } else if (code) {
      code.lines.push(line.replace(new RegExp(`^ {0,${code.indent}}`, "u"), ""));
      reading.out.push(line);
    } else if (!classes) (inList ? reading.lists : reading.out).push(proseOf(line));
  }
  return { front: frontWords(yaml), body: words(reading.out.join("\n")), lists: words(reading.lists.join("\n")), codes: reading.codes };
}

const keptOf = (episode: Episode, divided: boolean): string[] => words((divided ? stringsOf(episode.sections.map(({ title, blocks }) => [{ type: "h", title: title ?? "" }, ...blocks])) : stringsOf([...episode.blocks])).join("\n"));

/** Language and exact text of every piece of code. */
const codesOf = (episode: Episode): string[] =>
  [...walkContent({ type: "doc", content: [...episode.blocks] })].flatMap((node) => (node.type === "code_block" ? [`${String(node.attrs?.["language"])}\n${node.content?.map(({ text }) => text).join("") ?? ""}`] : []));

const sorted = (list: readonly string[]): string[] => [...list].sort();

const files = existsSync(data) ? ["en", "es"].flatMap((side) => readdirSync(join(data, side)).sort().map((name) => `${side}/${name}`)) : [];

describe.skipIf(files.length === 0)("the real course: nothing of the text is lost in either language", () => {
  test.each(files)("%s", (file) => {
    const bytes = readFileSync(join(data, file));
    const warnings: CourseWarning[] = [];
    const image = (picture: { address: string; alt: string; caption: string }) => ({ type: "image" as const, attrs: { file: "0190a5c2-0000-7000-8000-000000000001", alt: picture.alt, caption: picture.caption } });
    const episode = readEpisode({ file, bytes, warn: (warning) => warnings.push(warning), findImage: image });
    const source = readSource(bytes.toString("utf8"));
    expect(source.body.length).toBeGreaterThan(800);
    // In order, word for word, undivided and divided alike.
    expect(keptOf(episode, false)).toEqual(source.body);
    expect(keptOf(episode, true)).toEqual(source.body);
    const kinds = [...walkContent({ type: "doc", content: [...episode.blocks] })].map((node) => node.type);
    for (const [kind, name] of [["exercise", "challenge"], ["solution", "solution"], ["callout", "callout"], ["image", "image"]] as const) {
      const marks = bytes.toString("utf8").match(name === "image" ? /^(?:> ?)*!\[/gmu : new RegExp(String.raw`^(?:> ?)*(?:\{: \.${name}\}|:::+ +${name})\s*$`, "gmu")) ?? [];
      expect(`${kinds.filter((one) => one === kind).length} ${kind}`).toBe(`${marks.length} ${kind}`);
    }
    expect(codesOf(episode)).toEqual(source.codes);
    const fields = words([episode.title, ...episode.questions, ...episode.objectives, ...episode.keyPoints].join("\n"));
    expect(sorted(fields)).toEqual(sorted([...source.front, ...source.lists]));
    console.info(`words kept ${file}: text ${source.body.length}, module ${fields.length}; warnings: ${warnings.map(({ line, message }) => `${line} ${message}`).join("; ") || "none"}`);
  });
});
