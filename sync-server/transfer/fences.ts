/** A code fence that is open. */
export interface Fence {
  readonly marker: string;
  /** How many block quotes it stands in. */
  readonly depth: number;
  readonly line: number;
}

const OPENING = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})/u;

/** The line without its first `depth` marks of a block quote. */
export function withoutQuote(text: string, depth: number): string {
  let rest = text;
  for (let level = 0; level < depth; level += 1) {
    const mark = /^[ \t]{0,3}>[ \t]?/u.exec(rest);
    if (!mark) break;
    rest = rest.slice(mark[0].length);
  }
  return rest;
}

export function quoteDepth(text: string): number {
  const [marks = ""] = /^(?:[ \t]{0,3}>[ \t]?)*/u.exec(text) ?? [];
  return marks.split(">").length - 1;
}

function opened(text: string, line: number): Fence | null {
  const [, marker] = OPENING.exec(withoutQuote(text, Infinity)) ?? [];
  return marker ? { marker, depth: quoteDepth(text), line } : null;
}

/** The fence that is open after this line, given the one that was open before it. */
export function fenceAfter(before: Fence | null, text: string, line: number): Fence | null {
  if (!before || quoteDepth(text) < before.depth) return opened(text, line);
  const content = withoutQuote(text, before.depth).trim();
  const closes = content.length >= before.marker.length && content === before.marker.charAt(0).repeat(content.length);
  return closes ? null : before;
}
