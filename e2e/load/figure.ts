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

interface Method extends Rounds {
  /** How the works of one round are done; their values in order. */
  readonly round: (works: readonly Work[]) => Promise<number[]>;
  /** Of the values of the rounds that count: one figure. */
  readonly summary: (values: readonly number[]) => number;
}

async function measure<Name extends string>(ways: Readonly<Record<Name, Work>>, { warmUp, counted, round, summary }: Method): Promise<Record<Name, number>> {
  const rounds: number[][] = [];
  for (let number = 0; number < warmUp + counted; number += 1) rounds.push(await round(Object.values(ways)));
  const measured = Object.keys(ways).map((name, at) => ({ name, values: rounds.slice(warmUp).map((values) => values[at] ?? Number.NaN) }));
  for (const { name, values } of measured) console.log(`${name}: ${values.map((value) => rounded(value)).join(" ")}`);
  return Object.fromEntries(measured.map(({ name, values }) => [name, summary(values)])) as Record<Name, number>;
}

async function oneByOne(works: readonly Work[]): Promise<number[]> {
  const values: number[] = [];
  for (const work of works) values.push(await work());
  return values;
}

/** Several ways to the same end by turns, so that a slower minute of the machine is everybody's. The median of the rounds that count. */
export const byTurns = <Name extends string>(rounds: Rounds, ways: Readonly<Record<Name, Work>>): Promise<Record<Name, number>> =>
  measure(ways, { ...rounds, round: oneByOne, summary: median });

/** Several ways together, where each would otherwise rest while the others work, and pay for that. The mean of the rounds that count. */
export const atOnce = <Name extends string>(rounds: Rounds, ways: Readonly<Record<Name, Work>>): Promise<Record<Name, number>> =>
  measure(ways, { ...rounds, round: (works) => Promise.all(works.map((work) => work())), summary: mean });
