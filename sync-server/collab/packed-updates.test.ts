import { expect, test } from "vitest";
import { PackedUpdates } from "./packed-updates.ts";

const update = (length: number, seed: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + seed) % 256);

test("RO-1 what waits comes back whole and in its order, short, long and empty, also while its memory grows", () => {
  const packed = new PackedUpdates();
  const lengths = [0, 1, 40, 4_100, 3, 70_000, 0, 255, 256, 65_536];
  const list = lengths.map(update);
  for (const one of list) packed.add(one);
  expect(packed.count).toBe(list.length);
  expect(packed.takeAll().map((one) => [...one])).toEqual(list.map((one) => [...one]));
  expect([packed.count, packed.byteLength, packed.takeAll()]).toEqual([0, 0, []]);
});

test("RO-1 what was taken is nobody else's: neither the sender's memory nor what waits next changes it", () => {
  const packed = new PackedUpdates();
  const mine = update(40, 1);
  packed.add(mine);
  mine.fill(0);
  const [first] = packed.takeAll();
  packed.add(update(40, 2));
  expect([...(first ?? [])]).toEqual([...update(40, 1)]);
});
