/**
 * Woven patterns: a motif says which thread lies at a cell, seen from the middle. A letter is a thread (a, b, c), a dot is
 * the ground. They are decoration; the name always stands beside them.
 */
type Motif = (x: number, y: number) => string | undefined;

const TILE_CELLS = 11;
const { abs } = Math;
const remainder = (value: number, by: number): number => ((value % by) + by) % by;
/** A pattern that repeats: the distance to the nearest middle. */
const wrapped = (value: number, period: number): number => abs(remainder(value + period / 2, period) - period / 2);

const motifs: readonly Motif[] = [
  (x, y) => "bb.cc.aa.a."[abs(x) + abs(y)],
  (x, y) => "a..c..ab..a"[remainder(abs(x) + y + 5, 11)],
  (x, y) => (abs(x) + abs(y) < 2 ? "b" : abs(x) === abs(y) ? "c" : abs(x) > abs(y) && abs(x) > 2 ? "a" : abs(y) > abs(x) && abs(y) > 3 ? "b" : "."),
  (x, y) => {
    const [far, sum] = [Math.max(abs(x), abs(y)), abs(x) + abs(y)];
    return sum === 0 ? "b" : far === 2 && sum < 4 ? "c" : far === 4 && sum < 7 ? "a" : far === 5 && sum > 7 ? "b" : ".";
  },
  (x, y) => "a.cc.b"[(y + 5 + abs(((x + 5) % 4) - 2)) % 6],
  (x, y) => {
    const sum = abs(x) + abs(y);
    if (sum === 0) return "c";
    if (abs(x) < 1 || abs(y) < 1) return sum < 4 ? "b" : ".";
    return abs(x) === abs(y) && abs(x) < 5 ? "c" : sum === 5 ? "a" : ".";
  },
];

export const doorMotif: Motif = (x, y) => "bb.ccc.aa.aa.c..b"[wrapped(x, 22) + wrapped(y, 22)];
export const heroMotif: Motif = (x, y) => "b.c.a.aa"[abs(x) + wrapped(y, TILE_CELLS)];

export interface Threads {
  a: string;
  b: string;
  c: string;
}

/** One path a thread, runs of equal cells joined. */
export function weave(motif: Motif, { width, height, middleX, middleY }: { width: number; height: number; middleX: number; middleY: number }): Threads {
  const path: Threads = { a: "", b: "", c: "" };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, run = 1; x < width; x += run) {
      const thread = motif(x - middleX, y - middleY) ?? ".";
      for (run = 1; x + run < width && (motif(x + run - middleX, y - middleY) ?? ".") === thread; ) run += 1;
      if (thread === "a" || thread === "b" || thread === "c") path[thread] += `M${x} ${y}h${run}v1h-${run}z`;
    }
  }
  return path;
}

const HUES = 4;

/** The tile of a course, the same on every device: drawn from its id. */
export function tileOf(id: string): { hue: number; threads: Threads } {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  const motif = motifs[sum % motifs.length] ?? doorMotif;
  return { hue: 1 + (Math.floor(sum / motifs.length) % HUES), threads: weave(motif, { width: TILE_CELLS, height: TILE_CELLS, middleX: 5, middleY: 5 }) };
}
