import { expect, test } from "vitest";
import { caretIn } from "./caret-in.ts";

/** `|` is the caret. */
test.each([
  ["stays behind the same words", "one| two", "one two three", "one| two three"],
  ["goes with the words behind it", "two|", "one\ntwo", "one\ntwo|"],
  ["goes with the words behind it, in the middle", "tw|o", "one\ntwo", "one\ntw|o"],
  ["stays in its line when the lines change places", "uno0 uno1 \ndos0 do|", "dos0 do\nuno0 uno1 uno2 ", "dos0 do|\nuno0 uno1 uno2 "],
  ["stays in its line when others put words before and behind it", "a\nb c|\nd", "x\na\nb c\nd e", "x\na\nb c|\nd e"],
  ["stays before the same words where its line is gone", "gone|\nkept", "other\nkept", "other|\nkept"],
  ["is at the end of what is all new", "old|", "new", "new|"],
  ["at the beginning stays before what stood there", "|one", "zero\none", "zero\n|one"],
])("the caret %s", (_, before, next, after) => {
  const at = caretIn(next, before.replace("|", ""), before.indexOf("|"));
  expect(`${next.slice(0, at)}|${next.slice(at)}`).toBe(after);
});
