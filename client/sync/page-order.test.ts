import { describe, expect, test } from "vitest";
import { makePageTurns } from "./page-turns.ts";
import { makePushedMeanwhile } from "./pushed-meanwhile.ts";

const page = (...ids: string[]) => ({ documents: ids.map((id) => ({ id })) });
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setTimeout(resolve, 0));
  return done;
};

describe("D12 a page that was read before a push was answered", () => {
  test("is asked for once more if it has the document, and given if it has not", async () => {
    const meanwhile = makePushedMeanwhile();
    const asked: string[] = [];
    const pull = (name: string, pushed: string[]) => () => {
      asked.push(name);
      if (asked.filter((one) => one === name).length === 1) meanwhile.answered(pushed);
      return Promise.resolve(page("a", "b"));
    };
    await meanwhile.freshPage(pull("other", ["c"]));
    await meanwhile.freshPage(pull("same", ["b"]));
    await meanwhile.freshPage(pull("later", []));
    expect(asked).toEqual(["other", "same", "same", "later"]);
  });

  test("is given after two more tries to somebody who writes without a pause", async () => {
    const meanwhile = makePushedMeanwhile();
    let asked = 0;
    await meanwhile.freshPage(() => {
      asked += 1;
      meanwhile.answered(["a"]);
      return Promise.resolve(page("a"));
    });
    expect(asked).toBe(3);
  });
});

test("D13 a third page waits until RxDB looks up the documents of the two before, or nothing is written any more", async () => {
  const storage = { findDocumentsById: (ids: string[]) => Promise.resolve(ids) };
  const turns = makePageTurns(storage);
  turns.given(page("a", "b").documents);
  expect(await settled(turns.turn())).toBe(true);
  turns.given(page("c").documents);
  const third = turns.turn();
  expect(await settled(third)).toBe(false);
  expect(await storage.findDocumentsById(["other"])).toEqual(["other"]);
  expect(await settled(third)).toBe(false);
  await storage.findDocumentsById(["a", "b", "c"]);
  expect(await settled(third)).toBe(true);
  turns.given(page("d").documents);
  turns.given(page("e").documents);
  const last = turns.turn();
  turns.release();
  expect(await settled(last)).toBe(true);
});
