/** Everything a device holds of a collection, or should hold, in two small values. */
export interface Held {
  readonly count: number;
  /** The last 48 bits of all revisions, combined by exclusive or: 12 hexadecimal digits. Revisions are random and new at every write. */
  readonly digest: string;
}

const HALF = 6;

/** Of the documents with these revisions (UUIDs), in any order. */
export function heldOf(revs: Iterable<string>): Held {
  let count = 0;
  let [high, low] = [0, 0];
  for (const rev of revs) {
    count += 1;
    high ^= Number.parseInt(rev.slice(-2 * HALF, -HALF), 16);
    low ^= Number.parseInt(rev.slice(-HALF), 16);
  }
  return { count, digest: [high, low].map((half) => half.toString(16).padStart(HALF, "0")).join("") };
}

export const sameHeld = (left: Held, right: Held): boolean => left.count === right.count && left.digest === right.digest;
