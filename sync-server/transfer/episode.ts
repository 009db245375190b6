import { PageContent } from "@mochila/shared/pages/content.ts";
import type { BlockNode } from "@mochila/shared/pages/content.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { blocksOf, type ConversionContext, type FindImage } from "./blocks.ts";
import { type ModuleList, moduleListOf, titleFrom } from "./boxes.ts";
import { CourseProblem, type CourseWarning } from "./course-problem.ts";
import { readFrontMatter } from "./front-matter.ts";
import { type MarkdownTree, parseMarkdown, type SourceNode } from "./markdown-tree.ts";
import { checkCount, divisionSentences, frontMatterSentence, type SentenceContext } from "./sentences.ts";
import { sourceLines } from "./source-text.ts";

/** A part of the text that a heading begins, or (title null) what stands before the first. */
export interface Section {
  readonly title: string | null;
  readonly line: number;
  readonly blocks: readonly BlockNode[];
}

/** One file of one language, read. */
export interface Episode {
  readonly file: string;
  readonly title: string;
  readonly minutes: number | null;
  readonly questions: readonly string[];
  readonly objectives: readonly string[];
  readonly keyPoints: readonly string[];
  /** The text by its sections; the part before the first heading only if it is not empty. */
  readonly sections: readonly Section[];
  /** The same text undivided, with its headings. */
  readonly blocks: readonly BlockNode[];
}

export interface EpisodeSource {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly warn: (warning: CourseWarning) => void;
  readonly findImage: FindImage;
}

const isHeading = (source: SourceNode): boolean => source.node?.type === "heading";

const depthOf = (source: SourceNode): number => (source.node?.type === "heading" ? source.node.depth : 0);

/**
 * Where sections begin: headings of the text itself (not of a challenge, solution or call-out) that stand under no other. An author may
 * begin with `###` and go on with `##`: both are roots of the outline then.
 */
function sectionStarts(nodes: readonly SourceNode[]): Set<SourceNode> {
  const starts = new Set<SourceNode>();
  let highest = Number.POSITIVE_INFINITY;
  for (const source of nodes.filter(isHeading)) {
    if (depthOf(source) > highest) continue;
    highest = depthOf(source);
    starts.add(source);
  }
  return starts;
}

/** Headings of a page begin at level 2 and skip none at the start: the page's title is level 1. */
function levelled(blocks: readonly BlockNode[]): BlockNode[] {
  const levels = blocks.flatMap((block) => (block.type === "heading" ? [block.attrs.level] : []));
  const shift = Math.min(...levels, 4) - 2;
  return blocks.map((block) => (block.type === "heading" ? { ...block, attrs: { level: Math.max(2, block.attrs.level - shift) as 2 | 3 | 4 } } : block));
}

function sectionsOf(nodes: readonly SourceNode[], context: ConversionContext): Section[] {
  const starts = sectionStarts(nodes);
  const groups: { start: SourceNode | null; nodes: SourceNode[] }[] = [{ start: null, nodes: [] }];
  for (const node of nodes) {
    if (starts.has(node)) groups.push({ start: node, nodes: [] });
    else groups.at(-1)?.nodes.push(node);
  }
  return groups
    .map(({ start, nodes: inside }): Section => {
      const [heading, ...pictures] = start ? blocksOf([start], context) : [];
      const title = heading?.type === "heading" ? titleFrom(heading.content ?? []) : null;
      // A heading that cannot be a title (too long, or only a picture) stays in the text.
      const lead = title === null && heading ? [heading] : [];
      return { title, line: start?.line ?? 1, blocks: levelled([...lead, ...pictures, ...blocksOf(inside, context)]) };
    })
    .filter((section, index) => index > 0 || section.blocks.length > 0);
}

function checkContent(file: string, blocks: readonly BlockNode[]): void {
  const checked = PageContent.safeParse({ type: "doc", content: blocks });
  if (!checked.success) throw new CourseProblem({ file, line: 1 }, `the text is past a bound of pages: ${checked.error.issues[0]?.path.join(".") ?? ""} ${checked.error.issues[0]?.message ?? ""}`);
}

function moduleLists(tree: MarkdownTree, front: ReturnType<typeof readFrontMatter>, context: SentenceContext): Record<ModuleList, string[]> {
  const lists: Record<ModuleList, string[]> = { questions: [], objectives: [], keyPoints: [] };
  for (const name of ["questions", "objectives", "keyPoints"] as const) lists[name].push(...front[name].map((sentence) => frontMatterSentence(context, sentence)));
  for (const source of tree.nodes) {
    const list = moduleListOf(source.classes);
    if (list) lists[list].push(...divisionSentences(context, source.children));
  }
  for (const sentences of Object.values(lists)) checkCount({ file: context.file, line: 1 }, sentences);
  return lists;
}

/** Reads one episode in either dialect. Pure. Throws CourseProblem with file and line for what is malformed. */
export function readEpisode({ file, bytes, warn, findImage }: EpisodeSource): Episode {
  const lines = sourceLines(file, bytes);
  const front = readFrontMatter(file, lines, warn);
  if (front.title.length > TITLE_CHARACTERS_MAX) throw new CourseProblem({ file, line: 1 }, `the title has more than ${TITLE_CHARACTERS_MAX} characters`);
  const tree = parseMarkdown({ file, lines, start: front.bodyStart, warn });
  const context: ConversionContext = { file, definitions: tree.definitions, warn, findImage };
  const text = tree.nodes.filter((source) => moduleListOf(source.classes) === null);
  const quiet: ConversionContext = { ...context, warn: () => undefined };
  const blocks = levelled(blocksOf(text, context));
  checkContent(file, blocks);
  return { file, title: front.title, minutes: front.minutes, ...moduleLists(tree, front, context), sections: sectionsOf(text, quiet), blocks };
}
