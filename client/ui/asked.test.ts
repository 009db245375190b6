import { expect, test } from "vitest";
import { createAsked } from "./asked.ts";

test("of answers that overtake each other the last question's stands, and a decision over all that were asked before it", async () => {
  const open: ((answer: string) => void)[] = [];
  const asked = createAsked(() => new Promise<string>((resolve) => open.push(resolve)));
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  expect(asked.answer()).toBeUndefined();
  const second = asked.again();
  open[1]?.("new");
  await second;
  open[0]?.("old");
  await turn();
  expect(asked.answer()).toBe("new");
  const third = asked.again();
  asked.put("decided");
  open[2]?.("of before");
  await third;
  expect(asked.answer()).toBe("decided");
});
