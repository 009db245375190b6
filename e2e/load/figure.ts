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

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Work = () => Promise<number>;

/** Rounds in which code is compiled and nothing counts, then rounds that count. */
interface Rounds {
  readonly warmUp: number;
  readonly counted: number;
}

/**
 * Measures several ways to the same end, round by round, and gives the values of the rounds that count. `byTurns`: one after the other, so that
 * a slower minute of the machine is everybody's. `atOnce`: together, where each would otherwise rest while the others work, and pay for that.
 */
type Order = "byTurns" | "atOnce";

async function measure<Name extends string>({ warmUp, counted }: Rounds, order: Order, ways: Readonly<Record<Name, Work>>): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[];
  const measured = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = 0; round < warmUp + counted; round += 1) {
    const values: number[] = [];
    if (order === "atOnce") values.push(...(await Promise.all(names.map((name) => ways[name]()))));
    else for (const name of names) values.push(await ways[name]());
    if (round >= warmUp) for (const [at, name] of names.entries()) measured.get(name)?.push(values[at] ?? Number.NaN);
  }
  for (const [name, values] of measured) console.log(`${name}: ${values.map((value) => rounded(value)).join(" ")}`);
  return Object.fromEntries(measured) as Record<Name, number[]>;
}

const summarized = <Name extends string>(measured: Record<Name, number[]>, summary: (values: readonly number[]) => number): Record<Name, number> =>
  Object.fromEntries(Object.entries<number[]>(measured).map(([name, values]) => [name, summary(values)])) as Record<Name, number>;

/** One figure of each way, the median of `rounds` by turns, after one that warms up. */
export const byTurns = async <Name extends string>(rounds: number, ways: Readonly<Record<Name, Work>>): Promise<Record<Name, number>> => summarized(await measure({ warmUp: 1, counted: rounds }, "byTurns", ways), median);

/** One figure of each way, the mean of the rounds that count, in each of which all work together. */
export const atOnce = async <Name extends string>(rounds: Rounds, ways: Readonly<Record<Name, Work>>): Promise<Record<Name, number>> => summarized(await measure(rounds, "atOnce", ways), mean);
