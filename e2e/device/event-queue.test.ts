import "fake-indexeddb/auto";
import { acknowledge, beginNewStream, nextBatch, sendAgainFrom, waitingSummary } from "@mochila/client/activity/queue.ts";
import { makeRecorder } from "@mochila/client/activity/recorder.ts";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { EVENT_BATCH_BYTES_MAX, EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const DAY_MS = 24 * 3_600_000;
let now = 1_700_000_000_000;
const clock = { now: () => now, monotonic: () => now - 1_600_000_000_000 };
const courseId = newId();
let local: LocalDatabase;
let record: ReturnType<typeof makeRecorder>;

beforeEach(() => {
  now = 1_700_000_000_000;
  local = new LocalDatabase(newId());
  record = makeRecorder({ local, clock, random: systemRandom, onRecorded: () => undefined });
});
afterEach(() => local.close());

const recordMany = async (count: number) => {
  for (let index = 0; index < count; index += 1) await record({ verb: "page.opened", courseId });
};
const numbers = async () => (await nextBatch(local))?.events.map(({ seq }) => seq);

describe("the queue of events (SYNC.md B.4, DECISIONS 24)", () => {
  test("numbers without gap or double, from several places at once", async () => {
    const other = makeRecorder({ local, clock, random: systemRandom, onRecorded: () => undefined });
    await Promise.all([recordMany(20), ...Array.from({ length: 20 }, () => other({ verb: "item.completed", courseId }))]);
    const batch = await nextBatch(local);
    expect(batch?.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(new Set(batch?.events.map(({ event }) => event.id)).size).toBe(40);
    expect(batch?.events.every(({ seq, event }) => event.seq === seq)).toBe(true);
  });

  test("a batch keeps to both bounds", async () => {
    await recordMany(EVENTS_PER_BATCH_MAX + 20);
    const batch = await nextBatch(local);
    expect(batch?.events).toHaveLength(EVENTS_PER_BATCH_MAX);
    expect(JSON.stringify(batch?.events.map(({ event }) => event)).length).toBeLessThan(EVENT_BATCH_BYTES_MAX);
  });

  test("what is acknowledged is not sent again, and is kept a week and no longer", async () => {
    await recordMany(5);
    const stream = (await nextBatch(local))?.stream ?? "";
    await acknowledge(local, { stream, accepted: 3, at: now });
    expect(await numbers()).toEqual([4, 5]);
    expect(await local.events.count()).toBe(5);
    now += 8 * DAY_MS;
    await acknowledge(local, { stream, accepted: 5, at: now });
    expect(await nextBatch(local)).toBeNull();
    expect(await local.events.count()).toBe(2);
  });

  test("a gap that is still here is filled from here", async () => {
    await recordMany(6);
    const stream = (await nextBatch(local))?.stream ?? "";
    await acknowledge(local, { stream, accepted: 5, at: now });
    expect(await sendAgainFrom(local, stream, 3)).toBe(true);
    expect(await numbers()).toEqual([3, 4, 5, 6]);
  });

  test("a gap that is gone begins a new stream that follows, with the same ids", async () => {
    await recordMany(6);
    const before = await nextBatch(local);
    const stream = before?.stream ?? "";
    await acknowledge(local, { stream, accepted: 4, at: now });
    await local.events.where("[stream+seq]").equals([stream, 2]).delete();
    expect(await sendAgainFrom(local, stream, 2)).toBe(false);
    await beginNewStream(local, stream, { clock, random: systemRandom });
    const after = await nextBatch(local);
    expect(after?.stream).not.toBe(stream);
    expect(after?.follows).toBe(stream);
    expect(after?.events.map(({ seq, event }) => [seq, event.seq, event.id])).toEqual([
      [1, 1, before?.events[4]?.event.id],
      [2, 2, before?.events[5]?.event.id],
    ]);
    await record({ verb: "page.left", courseId });
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  test("two tabs that both were told of a fork begin one new stream", async () => {
    await recordMany(2);
    const stream = (await nextBatch(local))?.stream ?? "";
    await Promise.all([beginNewStream(local, stream, { clock, random: systemRandom }), beginNewStream(local, stream, { clock, random: systemRandom })]);
    expect(await numbers()).toEqual([1, 2]);
    expect(await waitingSummary(local)).toMatchObject({ count: 2, since: 1_700_000_000_000 });
  });
});
