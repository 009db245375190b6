import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("what is begun later ends later, also after what failed", async () => {
  const inTurn = createTurns();
  const ended: string[] = [];
  const work = (name: string, ms: number) => inTurn(() => new Promise<string>((resolve) => setTimeout(() => (ended.push(name), resolve(name)), ms)));
  const slow = work("slow", 20);
  const failing = inTurn(() => Promise.reject(new Error("away")));
  const quick = work("quick", 0);
  await expect(failing).rejects.toThrow("away");
  expect(await Promise.all([slow, quick])).toEqual(["slow", "quick"]);
  expect(ended).toEqual(["slow", "quick"]);
});
