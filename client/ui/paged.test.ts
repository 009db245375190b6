import { expect, test } from "vitest";
import { createPaged } from "./paged.ts";

interface Page {
  readonly lines: readonly string[];
}

function open() {
  const waiting: ((page: Page) => void)[] = [];
  const list = createPaged<string, Page>({
    filter: () => "",
    load: () => new Promise((resolve) => waiting.push(resolve)),
    join: (before, next) => ({ lines: [...before.lines, ...next.lines] }),
  });
  const answer = async (asked: Promise<void>, lines: readonly string[]) => {
    waiting.shift()?.({ lines });
    await asked;
  };
  return { list, answer };
}
const rename = (from: string, to: string) => (page: Page) => ({ lines: page.lines.map((line) => (line === from ? to : line)) });

test("what is laid over a list that is being asked for is not taken back by the answer of before, nor by more of it", async () => {
  const { list, answer } = open();
  await answer(list.again(), ["ana", "ben"]);
  const again = list.again();
  list.change(rename("ben", "ben, suspended"));
  await answer(again, ["ana", "ben", "mei"]);
  expect(list.page()?.lines).toEqual(["ana", "ben, suspended", "mei"]);
  const more = list.more();
  list.change(rename("ana", "ana, suspended"));
  await answer(more, ["zoe"]);
  expect(list.page()?.lines).toEqual(["ana, suspended", "ben, suspended", "mei", "zoe"]);
  // Asked after it, the answer knows it.
  await answer(list.again(), ["ana", "ben"]);
  expect(list.page()?.lines).toEqual(["ana", "ben"]);
});
