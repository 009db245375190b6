import { fromMarkdown } from "mdast-util-from-markdown";
import type { PhrasingContent } from "mdast";
import type { CourseWarning, SourcePlace } from "./course-problem.ts";
import { CourseProblem } from "./course-problem.ts";
import type { Sentence } from "./front-matter.ts";
import { phrasesOf, type Phrase, type TextContext } from "./inline.ts";
import type { Definitions, SourceNode } from "./markdown-tree.ts";

/** Bounds of `shared/courses/module.ts`. */
const SENTENCE_CHARACTERS_MAX = 2_000;
const SENTENCES_MAX = 60;
/** Signs that could be read as marks; `_` only where it does not stand inside a word. */
const SIGNS = /[\\`*]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Inline Markdown with emphasis and code only, which is what a module's sentences may hold. */
function toMarkdown(phrases: readonly Phrase[]): string {
  return phrases
    .map((phrase) => {
      if (phrase.type === "hard_break") return " ";
      if (phrase.type === "image") return [phrase.attrs.alt, phrase.attrs.caption].filter(Boolean).join(" ");
      const marks = new Set(phrase.marks?.map(({ type }) => type));
      if (marks.has("code")) return codeSpan(phrase.text);
      const [, before = "", words = "", after = ""] = /^(\s*)(.*?)(\s*)$/su.exec(phrase.text) ?? [];
      if (words === "") return phrase.text;
      const sign = (marks.has("strong") ? "**" : "") + (marks.has("em") ? "*" : "");
      return before + sign + words.replaceAll(SIGNS, String.raw`\$&`) + [...sign].toReversed().join("") + after;
    })
    .join("")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

function codeSpan(text: string): string {
  const runs = (text.match(/`+/gu) ?? []).map((run) => run.length);
  let fence = "`";
  while (runs.includes(fence.length)) fence += "`";
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return fence + space + text + space + fence;
}

export interface SentenceContext {
  readonly file: string;
  readonly definitions: Definitions;
  readonly warn: (warning: CourseWarning) => void;
}

const noImage = () => null;

function bounded(place: SourcePlace, sentence: string): string {
  if (sentence.length <= SENTENCE_CHARACTERS_MAX) return sentence;
  throw new CourseProblem(place, `a question, objective or key point has at most ${SENTENCE_CHARACTERS_MAX} characters`);
}

function contextAt(context: SentenceContext, line: number): TextContext {
  return { definitions: context.definitions, warn: (message) => context.warn({ file: context.file, line, message }), image: noImage };
}

/** A sentence of the front matter: inline Markdown, of which emphasis and code stay marks and everything else stays words. */
export function frontMatterSentence(context: SentenceContext, sentence: Sentence): string {
  const inline = fromMarkdown(sentence.markdown).children.flatMap((node): PhrasingContent[] =>
    node.type === "paragraph" || node.type === "heading" ? node.children : [{ type: "text", value: "value" in node ? node.value : sentence.markdown }],
  );
  return bounded({ file: sentence.file, line: sentence.line }, toMarkdown(phrasesOf(inline, contextAt(context, sentence.line))));
}

/** The sentences of a `::: objectives` in the text: one an item of its list, or one a paragraph. */
export function divisionSentences(context: SentenceContext, nodes: readonly SourceNode[]): string[] {
  return nodes.flatMap((source) => {
    const { node, line } = source;
    if (node === null || node.type === "list" || node.type === "blockquote") return divisionSentences(context, source.children);
    if (node.type === "listItem") return [divisionSentences(context, source.children).join(" ")];
    if (node.type === "definition") return [];
    const words: PhrasingContent[] = "children" in node ? (node.children as PhrasingContent[]) : [{ type: "text", value: "value" in node ? node.value : "" }];
    const sentence = bounded({ file: context.file, line }, toMarkdown(phrasesOf(words, contextAt(context, line))));
    return sentence === "" ? [] : [sentence];
  });
}

export function checkCount(place: SourcePlace, sentences: readonly string[]): void {
  if (sentences.length > SENTENCES_MAX) throw new CourseProblem(place, `${sentences.length} questions, objectives or key points in one list; at most ${SENTENCES_MAX} are taken`);
}
