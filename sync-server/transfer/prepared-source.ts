import { type Attributes, parseAttributes } from "./attributes.ts";
import { CourseProblem, type CourseWarning } from "./course-problem.ts";
import { type Fence, fenceAfter, quoteDepth, withoutQuote } from "./fences.ts";
import { resolveLiquid } from "./liquid.ts";

/** A line that is structure, not text: it opens or closes a fenced division, or gives a block its class. */
export type Directive =
  | { readonly kind: "open"; readonly name: string; readonly attributes: Attributes; readonly line: number }
  | { readonly kind: "close"; readonly line: number }
  | { readonly kind: "attributes"; readonly attributes: Attributes; readonly line: number; readonly forNext: boolean };

/**
 * The text as a Markdown parser can read it: each directive has become an HTML comment of its own between empty lines, so that
 * no paragraph swallows it (in Markdown `{: .challenge}` after a quoted paragraph is a lazy continuation of that paragraph).
 */
export interface PreparedSource {
  readonly markdown: string;
  /** Source line of each line of `markdown`; both from 1 (index 0 unused). */
  readonly lineOf: readonly number[];
  /** By line of `markdown`. The place, not the comment's words, is what marks a directive: no author can forge one. */
  readonly directives: ReadonlyMap<number, Directive>;
}

const MARKER = "<!--directive-->";
const DIV_OPEN = /^:{3,}\s*(\{[^}]*\}|[A-Za-z][\w-]*)\s*(\{[^}]*\})?\s*:*\s*$/u;
const DIV_CLOSE = /^:{3,}\s*$/u;
const BLOCK_ATTRIBUTES = /^\{:\s*([^{}]*)\}\s*$/u;
const PREFIX = /^((?:[ \t]{0,3}>[ \t]?)*)([ \t]*)(.*)$/u;

export interface SourceText {
  readonly file: string;
  readonly lines: readonly string[];
  /** Index of the first line after the front matter. */
  readonly start: number;
  /** Source lines that look like directives and are text, such as one inside an indented code block. */
  readonly literal: ReadonlySet<number>;
  readonly warn: (warning: CourseWarning) => void;
}

interface Scan {
  readonly source: SourceText;
  readonly out: string[];
  readonly lineOf: number[];
  readonly directives: Map<number, Directive>;
  readonly open: { depth: number; line: number; name: string }[];
}

function readDirective(scan: Scan, index: number, content: string): Directive | null {
  const line = index + 1;
  if (scan.source.literal.has(line)) return null;
  if (DIV_CLOSE.test(content)) return { kind: "close", line };
  const [, name, more] = DIV_OPEN.exec(content) ?? [];
  if (name) {
    const attributes = parseAttributes((name.startsWith("{") ? name.slice(1, -1) : "") + (more?.slice(1, -1) ?? ""));
    return { kind: "open", name: name.startsWith("{") ? (attributes.classes[0] ?? "") : name.toLowerCase(), attributes, line };
  }
  const [, block] = BLOCK_ATTRIBUTES.exec(content) ?? [];
  if (block === undefined) return null;
  const blankAt = (at: number): boolean => withoutQuote(scan.source.lines[at] ?? "", Infinity).trim() === "";
  return { kind: "attributes", attributes: parseAttributes(block), line, forNext: blankAt(index - 1) && !blankAt(index + 1) };
}

function balance(scan: Scan, directive: Directive, depth: number): void {
  const { file } = scan.source;
  if (directive.kind === "open") scan.open.push({ depth, line: directive.line, name: directive.name });
  if (directive.kind !== "close") return;
  const last = scan.open.pop();
  if (!last) throw new CourseProblem({ file, line: directive.line }, "this ::: closes nothing");
  if (last.depth !== depth) throw new CourseProblem({ file, line: last.line }, `“::: ${last.name}” is not closed inside its block quote`);
}

function emit(scan: Scan, text: string, line: number): void {
  scan.out.push(text);
  scan.lineOf.push(line);
}

function emitDirective(scan: Scan, prefix: string, directive: Directive): void {
  const quote = prefix.replace(/[ \t]+$/u, "");
  emit(scan, quote, directive.line);
  emit(scan, prefix + MARKER, directive.line);
  scan.directives.set(scan.out.length, directive);
  emit(scan, quote, directive.line);
}

/** `{alt='a *b*'}` behind a picture is no Markdown: its signs are escaped, so that it stays one piece of text. */
const escapeAttributes = (text: string): string =>
  text.replaceAll(/(!\[[^\]]*\]\([^()]*\))\{([^{}]*)\}/gu, (_, image: string, inner: string) => `${image}{${inner.replaceAll(/[*_`[\]<>&~\\]/gu, String.raw`\$&`)}}`);

/** Follows comments over lines: what is commented out is no structure. */
function commentAfter(inComment: boolean, content: string): boolean {
  const from = inComment ? 0 : content.indexOf("<!--");
  return from >= 0 && content.indexOf("-->", from) < 0;
}

/** Throws CourseProblem with the opening line for a division or a code fence that nothing closes. */
export function prepareSource(source: SourceText): PreparedSource {
  const scan: Scan = { source, out: [], lineOf: [0], directives: new Map(), open: [] };
  const { file, lines, warn } = source;
  let fence: Fence | null = null;
  let inComment = false;
  for (let index = source.start; index < lines.length; index += 1) {
    const text = lines[index] ?? "";
    const line = index + 1;
    const before: Fence | null = fence;
    fence = inComment ? null : fenceAfter(before, text, line);
    if (before && quoteDepth(text) < before.depth) warn({ file, line: before.line, message: "this code is closed by the end of its block quote only" });
    else if (before || fence) {
      emit(scan, text, line);
      continue;
    }
    if (fence) {
      emit(scan, text, line);
      continue;
    }
    const [, quote = "", indent = "", content = ""] = PREFIX.exec(text) ?? [];
    const directive = inComment ? null : readDirective(scan, index, content);
    inComment = commentAfter(inComment, content);
    if (directive) {
      balance(scan, directive, quoteDepth(text));
      emitDirective(scan, quote + indent, directive);
    } else emit(scan, inComment ? text : escapeAttributes(resolveLiquid(text, { file, line, warn })), line);
  }
  if (fence) throw new CourseProblem({ file, line: fence.line }, "the code that begins here is not closed");
  const left = scan.open.at(-1);
  if (left) throw new CourseProblem({ file, line: left.line }, `“::: ${left.name}” is not closed`);
  return { markdown: scan.out.join("\n"), lineOf: scan.lineOf, directives: scan.directives };
}
