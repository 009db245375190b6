import { expect, test, vi } from "vitest";
import { makeQuiet } from "./quiet.ts";
import { makeWaker } from "./waker.ts";

const quietly = (hurried = () => false) => {
  vi.useFakeTimers();
  const waker = makeWaker();
  const quiet = makeQuiet({ ms: 5_000, monotonic: () => performance.now(), wait: waker.wait, hurried });
  const done: number[] = [];
  const write = () => void quiet.written().then(() => done.push(performance.now()));
  return { waker, write, done, began: performance.now() };
};

test("what is written while a person types waits until they pause (D2, DECISIONS 8)", async () => {
  const { write, done, began } = quietly();
  for (let second = 0; second < 8; second += 1) {
    write();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(4_100);
  expect(done).toHaveLength(8);
  expect(Math.min(...done) - began).toBeGreaterThanOrEqual(11_900);
  vi.useRealTimers();
});

test("D2 who never pauses is sent every half minute", async () => {
  const { write, done, began } = quietly();
  for (let second = 0; second < 40; second += 1) {
    write();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(done.length).toBeGreaterThan(0);
  expect(Math.min(...done) - began).toBeLessThanOrEqual(31_000);
  expect(Math.min(...done) - began).toBeGreaterThanOrEqual(29_000);
  vi.useRealTimers();
});

test("a wake ends the wait at once; a hidden page does not wait at all", async () => {
  const shown = quietly();
  shown.write();
  await vi.advanceTimersByTimeAsync(100);
  shown.waker.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.done).toHaveLength(1);
  const hidden = quietly(() => true);
  hidden.write();
  await vi.advanceTimersByTimeAsync(0);
  expect(hidden.done).toHaveLength(1);
  vi.useRealTimers();
});
