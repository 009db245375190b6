import * as z from "zod/mini";

/** W1, F11. */
export const version = 1;

/**
 * Everything a device holds of a collection, or should hold, in two small values: how many documents, and the last 48 bits of all their
 * revisions combined by exclusive or, 12 hexadecimal digits. Revisions are random and new at every write.
 */
export const Held = z.object({ count: z.int(), digest: z.string() });
export type Held = z.infer<typeof Held>;

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
