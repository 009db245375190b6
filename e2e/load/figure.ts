/** One figure of a benchmark: `ratio` is value to limit, so that 1 is the limit whichever way it is measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The last lines of a benchmark: JSON, one a figure. */
export function printFigures(figures: readonly Figure[]): void {
  for (const { name, value, unit, limit } of figures) {
    console.log(JSON.stringify({ name, value: rounded(value), unit, limit: rounded(limit), ratio: rounded(value / limit) }));
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Work = () => Promise<number>;

interface Turns {
  /** Rounds in which code is compiled and nothing counts. */
  readonly warmUp?: number;
  /** Of the rounds that count: one figure. */
  readonly summary?: (values: readonly number[]) => number;
}

/**
 * Measures several ways to the same end by turns, so that a slower minute of the machine is everybody's: rounds that warm up, then `rounds`
 * that count. One figure of each, by its name.
 */
export async function byTurns<Name extends string>(rounds: number, ways: Readonly<Record<Name, Work>>, { warmUp = 1, summary = median }: Turns = {}): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const measured = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const value = await ways[name]();
      if (round >= warmUp) measured.get(name)?.push(value);
    }
  }
  for (const [name, values] of measured) console.log(`${name}: ${values.map((value) => rounded(value)).join(" ")}`);
  return Object.fromEntries([...measured].map(([name, values]) => [name, summary(values)])) as Record<Name, number>;
}
