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
