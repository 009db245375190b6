import { assert } from "./assert.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const digitAt = (key: string, index: number, fallback: number): number =>
  index < key.length ? DIGITS.indexOf(key.charAt(index)) : fallback;

/**
 * A key that sorts (by code unit) strictly between two others: moving one row rewrites one row, also offline.
 * `null` stands for the open end. Keys never end in the lowest digit, so there is always room below.
 */
export function keyBetween(before: string | null, after: string | null): string {
  assert(before === null || after === null || before < after, "keys are in order");
  const low = before ?? "";
  let key = "";
  let bounded = after !== null;
  for (let index = 0; ; index += 1) {
    const floor = digitAt(low, index, 0);
    const ceiling = bounded ? digitAt(after ?? "", index, DIGITS.length) : DIGITS.length;
    if (ceiling - floor > 1) return key + DIGITS.charAt(Math.floor((floor + ceiling) / 2));
    key += DIGITS.charAt(floor);
    if (ceiling > floor) bounded = false;
  }
}

/** `count` keys in order, evenly apart, for rows that are made together. */
export function evenKeys(count: number): string[] {
  const width = Math.max(2, Math.ceil(Math.log(count + 2) / Math.log(DIGITS.length)) + 1);
  const step = DIGITS.length ** width / (count + 1);
  return Array.from({ length: count }, (_, index) => {
    let rest = Math.floor(step * (index + 1));
    let key = "";
    for (let place = 0; place < width; place += 1) {
      key = DIGITS.charAt(rest % DIGITS.length) + key;
      rest = Math.floor(rest / DIGITS.length);
    }
    return key.replace(/0+$/, "");
  });
}

/** Orders two rows by key, then by id: two devices may choose the same key offline. */
export const byOrder = (a: { order: string; id: string }, b: { order: string; id: string }): number =>
  a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1;
