import type { Nodes, Parent, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { CourseWarning } from "./course-problem.ts";
import { CourseProblem } from "./course-problem.ts";
import { type Directive, prepareSource, type PreparedSource } from "./prepared-source.ts";

/** A node of the text with what the lines around it say of it. */
export interface SourceNode {
  /** A Markdown node, or null for a fenced division. */
  readonly node: RootContent | null;
  /** Name of the division or classes of the node, such as `challenge`, `solution`, `language-bash`. */
  readonly classes: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly children: readonly SourceNode[];
  readonly line: number;
}

/** Address and title by label, for `[words][label]`. */
export type Definitions = ReadonlyMap<string, { readonly url: string; readonly title: string | null }>;

export interface MarkdownTree {
  readonly nodes: readonly SourceNode[];
  readonly definitions: Definitions;
}

/** Deeper than any lesson, and less than what the reader of rooms takes as structure (24): bounds every walk over the tree. */
const DEPTH_MAX = 18;

interface Builder {
  readonly file: string;
  readonly prepared: PreparedSource;
  readonly seen: Set<number>;
  readonly definitions: Map<string, { url: string; title: string | null }>;
}
interface Draft {
  node: RootContent | null;
  classes: string[];
  values: Map<string, string>;
  children: Draft[];
  line: number;
}

const isParent = (node: Nodes): node is Parent & Nodes => "children" in node;

const CONTAINERS = new Set(["blockquote", "list", "listItem", "footnoteDefinition"]);

function addAttributes(draft: Draft | undefined, classes: readonly string[], values: ReadonlyMap<string, string>): void {
  draft?.classes.push(...classes);
  for (const [key, value] of values) draft?.values.set(key, value);
}

/** Turns the flat list of siblings, in which directives stand as markers, into a tree. */
function nest(builder: Builder, siblings: readonly RootContent[], depth: number): Draft[] {
  const top: Draft[] = [];
  const open: Draft[] = [];
  let waiting: Extract<Directive, { kind: "attributes" }> | null = null;
  for (const node of siblings) {
    const list: Draft[] = open.at(-1)?.children ?? top;
    const preparedLine = node.position?.start.line ?? 0;
    const directive = node.type === "html" ? builder.prepared.directives.get(preparedLine) : undefined;
    if (directive) builder.seen.add(preparedLine);
    if (directive?.kind === "attributes" && (directive.forNext || list.length === 0)) waiting = directive;
    else if (directive?.kind === "attributes") addAttributes(list.at(-1), directive.attributes.classes, directive.attributes.values);
    else if (directive?.kind === "close") open.pop();
    else {
      const draft = directive ? division(directive) : leaf(builder, node, depth);
      if (waiting) addAttributes(draft, waiting.attributes.classes, waiting.attributes.values);
      waiting = null;
      if (draft) list.push(draft);
      if (directive && draft) open.push(draft);
    }
  }
  return top;
}

const division = ({ name, attributes, line }: Extract<Directive, { kind: "open" }>): Draft => ({
  node: null,
  classes: [name, ...attributes.classes],
  values: new Map(attributes.values),
  children: [],
  line,
});

function leaf(builder: Builder, node: RootContent, depth: number): Draft {
  const line = builder.prepared.lineOf[node.position?.start.line ?? 0] ?? 1;
  if (depth > DEPTH_MAX) throw new CourseProblem({ file: builder.file, line }, `quotes and lists are nested more than ${DEPTH_MAX} deep`);
  if (node.type === "definition") builder.definitions.set(node.identifier, { url: node.url, title: node.title ?? null });
  const children = isParent(node) && CONTAINERS.has(node.type) ? nest(builder, node.children as RootContent[], depth + 1) : [];
  return { node, classes: [], values: new Map(), children, line };
}

const parse = (markdown: string): Root => fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

export interface MarkdownSource {
  readonly file: string;
  readonly lines: readonly string[];
  readonly start: number;
  readonly warn: (warning: CourseWarning) => void;
}

/**
 * Parses the text of an episode in either dialect. Throws CourseProblem for what is not closed. A line that looks like a directive but
 * stands inside an indented code block or raw HTML is not met as a node of its own: it is put back as text and the text is parsed again.
 */
export function parseMarkdown({ file, lines, start, warn }: MarkdownSource): MarkdownTree {
  const literal = new Set<number>();
  for (;;) {
    const warnings: CourseWarning[] = [];
    const prepared = prepareSource({ file, lines, start, literal, warn: (warning) => warnings.push(warning) });
    const builder: Builder = { file, prepared, seen: new Set(), definitions: new Map() };
    const nodes = nest(builder, parse(prepared.markdown).children, 0);
    const missed = [...prepared.directives].filter(([line]) => !builder.seen.has(line));
    if (missed.length === 0) {
      warnings.forEach(warn);
      return { nodes, definitions: builder.definitions };
    }
    // Each round makes at least one more line literal, so that this ends.
    for (const [, directive] of missed) literal.add(directive.line);
  }
}
