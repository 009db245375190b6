import { expect, it } from "vitest";
import { shrink } from "./shrink.ts";

it("leaves the operations that a failure needs, in their order", async () => {
  const all = Array.from({ length: 60 }, (_, number) => number);
  expect(await shrink(all, (some) => Promise.resolve(some.includes(3) && some.includes(41)))).toEqual([3, 41]);
});

it("leaves nothing when the world fails by itself", async () => {
  expect(await shrink([0, 1, 2], () => Promise.resolve(true))).toEqual([]);
});
