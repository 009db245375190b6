import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { CourseProblem, type CourseWarning, type SourcePlace } from "./course-problem.ts";

/** What stands between the two `---` lines at the head of an episode. */
export interface FrontMatter {
  readonly title: string;
  /** Minutes of teaching and of exercises together, or null where the author says nothing. */
  readonly minutes: number | null;
  readonly questions: readonly Sentence[];
  readonly objectives: readonly Sentence[];
  readonly keyPoints: readonly Sentence[];
  /** Index in `lines` of the first line of the text. */
  readonly bodyStart: number;
}
/** Inline Markdown as the author wrote it. */
export interface Sentence extends SourcePlace {
  readonly markdown: string;
}

/** Names of other tools' settings that say nothing to a reader. Anything else that is left out is a warning. */
const SETTINGS = new Set(["layout", "permalink", "root", "source", "order", "start", "editor_options", "output", "lang", "slug", "weight"]);
const LISTS = new Map([
  ["questions", "questions"],
  ["objectives", "objectives"],
  ["keypoints", "keyPoints"],
  ["key_points", "keyPoints"],
] as const);
const MINUTES_MAX = 10_000;

interface Reading {
  readonly file: string;
  readonly yaml: string;
  readonly lineOf: (node: unknown) => number;
  readonly warn: (warning: CourseWarning) => void;
}

function plainText(reading: Reading, node: unknown): string {
  if (node === null || node === undefined) return "";
  if (isScalar(node)) return (typeof node.value === "string" ? node.value : (node.source ?? "")).trim();
  // A sentence with a colon is a mapping to YAML (`- Use: it`). The words are taken as they stand.
  const [from, to] = (node as Node).range ?? [0, 0];
  reading.warn({ file: reading.file, line: reading.lineOf(node), message: "not a plain sentence for YAML; its words are taken as they stand" });
  return reading.yaml.slice(from, to).replaceAll(/\s+/gu, " ").trim();
}

function sentences(reading: Reading, node: unknown): Sentence[] {
  const entries: unknown[] = isSeq(node) ? node.items : [node];
  return entries
    .map((entry) => ({ file: reading.file, line: reading.lineOf(entry ?? node), markdown: plainText(reading, entry) }))
    .filter((sentence) => sentence.markdown !== "");
}

function minutesOf(reading: Reading, pair: Pair): number {
  const value = Number(plainText(reading, pair.value) || "0");
  if (!Number.isFinite(value) || value < 0 || value > MINUTES_MAX) {
    throw new CourseProblem({ file: reading.file, line: reading.lineOf(pair.key) }, `“${String(pair.key)}” is a number of minutes from 0 to ${MINUTES_MAX}`);
  }
  return value;
}

/** The pairs of the mapping by key, in the order of the file: a key that stands twice keeps both values, which YAML itself refuses. */
function pairsByKey(reading: Reading, pairs: readonly Pair[]): Map<string, Pair[]> {
  const byKey = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = plainText(reading, pair.key);
    const earlier = byKey.get(key);
    if (earlier) {
      const first = reading.lineOf(earlier[0]?.key);
      reading.warn({ file: reading.file, line: reading.lineOf(pair.key), message: `“${key}” stands here a second time (first in line ${first}); all values are kept` });
      earlier.push(pair);
    } else byKey.set(key, [pair]);
  }
  return byKey;
}

function readYaml(file: string, yaml: string, warn: (warning: CourseWarning) => void): { reading: Reading; pairs: readonly Pair[] } {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter, uniqueKeys: false, merge: false, schema: "core" });
  // The YAML begins in line 2 of the file, after `---`.
  const lineAt = (offset: number): number => counter.linePos(offset).line + 1;
  const [error] = document.errors;
  if (error) throw new CourseProblem({ file, line: lineAt(error.pos[0]) }, `the front matter is not YAML: ${error.message.split("\n")[0] ?? ""}`);
  const lineOf = (node: unknown): number => lineAt((node as Node | null)?.range?.[0] ?? 0);
  if (!isMap(document.contents)) throw new CourseProblem({ file, line: 1 }, "the front matter is no mapping of names to values");
  return { reading: { file, yaml, lineOf, warn }, pairs: document.contents.items };
}

function titleOf(reading: Reading, pairs: readonly Pair[] | undefined): string {
  const titles = [...new Set((pairs ?? []).map((pair) => plainText(reading, pair.value)).filter(Boolean))];
  if (titles.length === 0) throw new CourseProblem({ file: reading.file, line: 1 }, "the front matter has no title");
  return titles.join(" / ");
}

/** Reads the front matter of an episode. Throws CourseProblem where it is missing, unclosed, no YAML, or without a title. */
export function readFrontMatter(file: string, lines: readonly string[], warn: (warning: CourseWarning) => void): FrontMatter {
  if (lines[0]?.trimEnd() !== "---") throw new CourseProblem({ file, line: 1 }, "the file does not begin with front matter (a line ---)");
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/u.test(line));
  if (end < 0) throw new CourseProblem({ file, line: 1 }, "the front matter that begins here is not closed by a line ---");
  const { reading, pairs } = readYaml(file, `${lines.slice(1, end).join("\n")}\n`, warn);
  const found = { questions: [] as Sentence[], objectives: [] as Sentence[], keyPoints: [] as Sentence[] };
  let minutes: number | null = null;
  const byKey = pairsByKey(reading, pairs);
  const title = titleOf(reading, byKey.get("title"));
  for (const [key, all] of byKey) {
    const list = LISTS.get(key as "questions");
    if (list) found[list].push(...all.flatMap((pair) => sentences(reading, pair.value)));
    else if (key === "teaching" || key === "exercises") minutes = (minutes ?? 0) + Math.max(...all.map((pair) => minutesOf(reading, pair)));
    else if (key !== "title" && !SETTINGS.has(key)) warn({ file, line: reading.lineOf(all[0]?.key), message: `“${key}” is not used` });
  }
  return { title, minutes: minutes === null ? null : Math.round(minutes), ...found, bodyStart: end + 1 };
}
