/**
 * Past this product of paragraphs an alignment costs more than it is worth, and both versions are kept whole.
 * 1e6 comparisons are about 10 ms on a phone's server.
 */
const ALIGNMENT_CELLS_MAX = 1_000_000;

type Lines = readonly string[];
/** `left[from[0]]` is aligned with `right[from[1]]`. */
type Pair = readonly [number, number];

/** The longest run of equal paragraphs in both, in order. Null: too long to align. */
export function align(left: Lines, right: Lines): Pair[] | null {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const pairs: Pair[] = Array.from({ length: start }, (_, index) => [index, index]);
  const middle = alignMiddle(left.slice(start, leftEnd), right.slice(start, rightEnd));
  if (middle === null) return null;
  pairs.push(...middle.map(([a, b]): Pair => [a + start, b + start]));
  for (let index = 0; leftEnd + index < left.length; index += 1) pairs.push([leftEnd + index, rightEnd + index]);
  return pairs;
}

function alignMiddle(left: Lines, right: Lines): Pair[] | null {
  if (left.length * right.length > ALIGNMENT_CELLS_MAX) return null;
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (a: number, b: number) => lengths[a * width + b] ?? 0;
  for (let a = left.length - 1; a >= 0; a -= 1) {
    for (let b = right.length - 1; b >= 0; b -= 1) {
      lengths[a * width + b] = left[a] === right[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let a = 0, b = 0; a < left.length && b < right.length; ) {
    if (left[a] === right[b]) pairs.push([a++, b++]);
    else if (at(a + 1, b) >= at(a, b + 1)) a += 1;
    else b += 1;
  }
  return pairs;
}

/** `long` is `short` with one piece put in: someone who went on typing in the same paragraph. */
export function extendsText(long: string, short: string): boolean {
  if (long.length < short.length) return false;
  let start = 0;
  while (start < short.length && long[start] === short[start]) start += 1;
  let end = 0;
  while (end < short.length - start && long[long.length - 1 - end] === short[short.length - 1 - end]) end += 1;
  return start + end >= short.length;
}

/** Both, with what they share once: theirs first where they differ. Nothing of either is lost. */
function keepBoth(mine: Lines, theirs: Lines): Lines {
  const pairs = mine.map((line, index) => [line, theirs[index] ?? ""] as const);
  if (mine.length === theirs.length && pairs.every(([a, b]) => extendsText(a, b) || extendsText(b, a))) {
    return pairs.map(([a, b]) => (extendsText(b, a) ? b : a));
  }
  const shared = align(theirs, mine);
  if (shared === null) return [...theirs, ...mine];
  const both: string[] = [];
  let [theirFrom, myFrom] = [0, 0];
  for (const [theirAt, myAt] of [...shared, [theirs.length, mine.length] as const]) {
    both.push(...theirs.slice(theirFrom, theirAt), ...mine.slice(myFrom, myAt), ...theirs.slice(theirAt, theirAt + 1));
    [theirFrom, myFrom] = [theirAt + 1, myAt + 1];
  }
  return both;
}

const countOf = (lines: Lines): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
};

/** `theirs` has what `mine` put in, as often, and lacks what `mine` took out. */
function includes(base: Lines, mine: Lines, theirs: Lines): boolean {
  const [before, my, their] = [countOf(base), countOf(mine), countOf(theirs)];
  return [...new Set([...base, ...mine])].every((line) => {
    const wanted = my.get(line) ?? 0;
    const change = wanted - (before.get(line) ?? 0);
    const present = their.get(line) ?? 0;
    return change === 0 || (change > 0 ? present >= wanted : present <= wanted);
  });
}

const holdsLine = (lines: Lines, line: string): boolean => lines.some((other) => extendsText(other, line));

/** No paragraph that `mine` put in is missing in `theirs`, be it in a longer one. */
function holdsAdditions(base: Lines, mine: Lines, theirs: Lines): boolean {
  const before = new Set(base);
  return mine.every((line) => before.has(line) || holdsLine(theirs, line));
}

/** Every paragraph of `wanted` stands in `text`, be it in a longer one, wherever a merge has put it. */
export function holdsParagraphs(text: string, wanted: string): boolean {
  const lines = text.split("\n");
  return wanted.split("\n").every((line) => line.trim() === "" || holdsLine(lines, line));
}

/** What a version made of `base`: which paragraphs it kept, and what it put before each of them (the last: at the end). */
interface Edit {
  readonly kept: ReadonlySet<number>;
  readonly inserted: readonly Lines[];
}

function editOf(base: Lines, version: Lines): Edit | null {
  const pairs = align(base, version);
  if (pairs === null) return null;
  const inserted: Lines[] = Array.from({ length: base.length + 1 }, () => []);
  let [baseFrom, from] = [0, 0];
  for (const [baseAt, at] of [...pairs, [base.length, version.length] as const]) {
    // Of a replaced stretch the new text stands where the old began.
    inserted[baseFrom] = version.slice(from, at);
    [baseFrom, from] = [baseAt + 1, at + 1];
  }
  return { kept: new Set(pairs.map(([baseAt]) => baseAt)), inserted };
}

/** A paragraph of before stays if both kept it; what either put in stays. */
function threeWay(base: Lines, mine: Lines, theirs: Lines): Lines {
  const [my, their] = [editOf(base, mine), editOf(base, theirs)];
  if (my === null || their === null) return keepBoth(mine, theirs);
  return [...base, null].flatMap((line, index) => {
    const put = keepBoth(my.inserted[index] ?? [], their.inserted[index] ?? []);
    return line !== null && my.kept.has(index) && their.kept.has(index) ? [...put, line] : put;
  });
}

/** Where the same paragraph stands in several places an alignment can be read in two ways; a few turns settle it, or none does. */
const TURNS_MAX = 24;

/**
 * Merges two versions of a plain text by paragraph (a line). A paragraph that one side changed is taken from that side; where both
 * changed the same place both are kept, unless one goes on where the other stopped. `base` null: nothing is known of before.
 * Idempotent: merging `mine` into the result again changes nothing. No paragraph that either side wrote is lost.
 */
export function mergeParagraphs(base: string | null, mine: string, theirs: string): string {
  const [before, my] = [base === null || base === "" ? [] : base.split("\n"), mine.split("\n")];
  const merge = (text: string) => mergeOnce({ base, before, mine, my }, text);
  const once = merge(theirs);
  let merged = once;
  for (let turn = 1; turn < TURNS_MAX; turn += 1) {
    const next = merge(merged);
    if (next === merged) return merged;
    merged = next;
  }
  return holdsAdditions(before, my, theirs.split("\n")) ? theirs : once;
}

interface Mine {
  readonly base: string | null;
  readonly before: Lines;
  readonly mine: string;
  readonly my: Lines;
}

function mergeOnce({ base, before, mine, my }: Mine, theirs: string): string {
  if (mine === theirs || mine === base) return theirs;
  if (theirs === base) return mine;
  const their = theirs.split("\n");
  return includes(before, my, their) ? theirs : threeWay(before, my, their).join("\n");
}
