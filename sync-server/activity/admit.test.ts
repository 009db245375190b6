import { expect, test } from "vitest";
import { ActivityEvent, verbs } from "@mochila/shared/activity/event.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { EVENT_DATA_BYTES_MAX } from "@mochila/shared/limits.ts";
import { admit } from "./admit.ts";
import { actorIn, batchOf } from "./test-batches.ts";

/** Every field there is, each as long as it can be in JSON. */
const longest = (courseId: string): ActivityEvent => ({
  seq: Number.MAX_SAFE_INTEGER, id: newId(), verb: (Object.keys(verbs) as ActivityEvent["verb"][]).toSorted((left, right) => right.length - left.length)[0] ?? "page.opened",
  courseId, itemId: newId(), lang: "en", visit: newId(), at: 8.64e15, monotonicMs: 1.0000000000000002e-300, boot: newId(), seconds: 1.0000000000000002e-300, part: 100_000,
});

test("E-03 no event that the schema takes is larger than the bound: only what it refuses is measured", () => {
  const courseId = newId();
  const event = longest(courseId);
  expect(Object.keys(event).toSorted()).toEqual(Object.keys(ActivityEvent.def.shape).toSorted());
  expect(ActivityEvent.safeParse(event).success).toBe(true);
  expect(JSON.stringify(event).length).toBeLessThan(EVENT_DATA_BYTES_MAX);
});

test("E-03 what is refused is told apart: too large, not an event", () => {
  const courseId = newId();
  const actor = actorIn(courseId);
  const good = { ...longest(courseId), seq: 1 };
  const list = [good, { ...good, seq: 2, note: "x".repeat(EVENT_DATA_BYTES_MAX) }, { ...good, seq: 3, note: "x" }];
  const { events, refused } = admit({ position: { userId: actor.userId, lastSeq: 0, lastEventId: null }, batch: batchOf(newId(), list), actor });
  expect(events).toEqual([good]);
  expect(refused).toEqual([{ seq: 2, code: "too_large" }, { seq: 3, code: "invalid_input" }]);
});
