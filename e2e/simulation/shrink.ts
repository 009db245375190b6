/** More tries make a failure only a little smaller. */
const TRIES_MAX = 150;

/** The fewest operations that still fail, as far as a few tries find them: leaves out runs of them, long ones first. */
export async function shrink(operations: readonly number[], fails: (some: readonly number[]) => Promise<boolean>): Promise<readonly number[]> {
  let left = operations;
  let tries = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1 && tries < TRIES_MAX; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length && tries < TRIES_MAX; tries += 1) {
      const fewer = [...left.slice(0, from), ...left.slice(from + size)];
      if (await fails(fewer)) left = fewer;
      else from += size;
    }
  }
  return left;
}
