import { align } from "@mochila/shared/sync/paragraphs.ts";

/** A stretch of text that both have, or only the one before (`out`) or after (`in`). */
export interface Piece {
  readonly kind: "same" | "out" | "in";
  readonly text: string;
}

/** A line as it is read: pieces in their order; or so many lines that nobody changed. */
export type DiffLine = { readonly pieces: readonly Piece[] } | { readonly skipped: number };

/** Two lines that share less than this are two lines, not one that was changed. */
const SHARED_MIN = 0.4;
/** Around a change, so that one sees where it is. */
const CONTEXT_LINES = 1;

const wordsIn = (line: string): string[] => line.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** Pieces of the same kind beside each other are one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.kind === piece.kind) result[result.length - 1] = { kind: piece.kind, text: last.text + piece.text };
    else result.push(piece);
  }
  return result;
}

/** Walks both along what they share: `out` before `in` where they differ. Null: too long to compare. */
function walk(before: readonly string[], after: readonly string[]): Piece[] | null {
  const pairs = align(before, after);
  if (pairs === null) return null;
  const pieces: Piece[] = [];
  let [from, to] = [0, 0];
  for (const [left, right] of [...pairs, [before.length, after.length] as const]) {
    for (const text of before.slice(from, left)) pieces.push({ kind: "out", text });
    for (const text of after.slice(to, right)) pieces.push({ kind: "in", text });
    if (left < before.length) pieces.push({ kind: "same", text: before[left] ?? "" });
    [from, to] = [left + 1, right + 1];
  }
  return pieces;
}

/** One line that became another, word by word; null if they have too little in common. */
function changedLine(before: string, after: string): Piece[] | null {
  const pieces = walk(wordsIn(before), wordsIn(after));
  const shared = (pieces ?? []).reduce((sum, { kind, text }) => sum + (kind === "same" ? text.trim().length : 0), 0);
  return pieces && shared >= SHARED_MIN * Math.max(before.trim().length, after.trim().length) ? joined(pieces) : null;
}

/** Lines that went and lines that came in one place: in pairs where one became the other. */
function replaced(out: readonly string[], into: readonly string[]): DiffLine[] {
  const lines: DiffLine[] = [];
  const count = Math.max(out.length, into.length);
  for (let index = 0; index < count; index += 1) {
    const [before, after] = [out[index], into[index]];
    const pieces = before !== undefined && after !== undefined ? changedLine(before, after) : null;
    if (pieces) lines.push({ pieces });
    else {
      if (before !== undefined) lines.push({ pieces: [{ kind: "out", text: before }] });
      if (after !== undefined) lines.push({ pieces: [{ kind: "in", text: after }] });
    }
  }
  return lines;
}

const isSame = (line: DiffLine): boolean => "pieces" in line && line.pieces.every(({ kind }) => kind === "same");

/** Runs of unchanged lines become their number, but for the line next to a change. */
function shortened(lines: readonly DiffLine[]): DiffLine[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1).some((line) => !isSame(line)));
  const result: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = result.at(-1);
    if (near[index]) result.push(line);
    else if (last && "skipped" in last) result[result.length - 1] = { skipped: last.skipped + 1 };
    else result.push({ skipped: 1 });
  }
  return result;
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));

/** What became of a text, line by line and within a line word by word, for people to read. */
export function diffText(before: string, after: string): DiffLine[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  const pieces = walk(old, next);
  if (pieces === null) return replaced(old, next);
  const lines: DiffLine[] = [];
  let [out, into]: [string[], string[]] = [[], []];
  for (const piece of [...pieces, null]) {
    if (piece?.kind === "out") out.push(piece.text);
    else if (piece?.kind === "in") into.push(piece.text);
    else {
      lines.push(...replaced(out, into));
      [out, into] = [[], []];
      if (piece) lines.push({ pieces: [piece] });
    }
  }
  return shortened(lines);
}
