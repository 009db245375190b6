import "fake-indexeddb/auto";
import { gunzipSync } from "node:zlib";
import { beginNewStream, nextBatch } from "@mochila/client/activity/queue.ts";
import { makeRecorder } from "@mochila/client/activity/recorder.ts";
import { makeSender } from "@mochila/client/activity/sender.ts";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { admit, type StreamPosition } from "@mochila/sync-server/activity/admit.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const clock = { now: () => 1_700_000_000_000, monotonic: () => 1_000 };
const courseId = newId();
const actor: Actor = { userId: newId(), systemRole: "student", courses: new Map([[courseId, "student"]]) } as never;
let local: LocalDatabase;
let requests: number;

/** The server's own rules for a batch over positions in memory; `refuse` says what else it does not like about a whole batch. */
function serve(refuse: (batch: EventBatch) => CodedError | null) {
  const positions = new Map<string, StreamPosition>();
  const taken: string[] = [];
  requests = 0;
  vi.stubGlobal("fetch", async (_: string, { body }: { body: Blob }) => {
    requests += 1;
    const batch = EventBatch.parse(JSON.parse(gunzipSync(Buffer.from(await body.arrayBuffer())).toString()));
    try {
      const refusal = refuse(batch);
      if (refusal) throw refusal;
      const position = positions.get(batch.stream) ?? { userId: actor.userId, lastSeq: 0, lastEventId: null };
      const admission = admit({ position, batch, actor });
      positions.set(batch.stream, { ...position, lastSeq: admission.lastSeq, lastEventId: admission.lastEventId });
      taken.push(...admission.events.map(({ id }) => id));
      return Response.json({ accepted: admission.lastSeq, refused: admission.refused });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const { code, message, more } = error;
      return Response.json({ error: { code, message, ...more } }, { status: errorCauses[code].status });
    }
  });
  return { taken, positions };
}

beforeEach(() => {
  local = new LocalDatabase(newId());
});
afterEach(() => {
  vi.unstubAllGlobals();
  local.close();
});

async function recordMany(count: number): Promise<string[]> {
  const record = makeRecorder({ local, clock, random: systemRandom, onRecorded: () => undefined });
  for (let index = 0; index < count; index += 1) await record({ verb: "page.opened", courseId });
  return (await nextBatch(local))?.events.map(({ event }) => event.id) ?? [];
}

/** The longest waits: a shorter one may end while a test still looks. */
const patient = { ...systemRandom, fraction: () => 0.99 };
const sending = (random = systemRandom) => makeSender({ local, clock, random, accessToken: () => Promise.resolve("token"), leads: () => true });

describe("a batch that is refused for good (E-07)", () => {
  test.each(["invalid_input", "too_large"] as const)("%s: the one event to blame is parked with the reason, all others arrive once and in order", async (code) => {
    const ids = await recordMany(40);
    const bad = new Set([ids[7], ids[8], ids[31]]);
    const { taken } = serve((batch) => (batch.events.some(({ id }) => bad.has(id)) ? new CodedError(code, "no") : null));
    const sender = sending();
    sender.flush();
    await vi.waitFor(async () => expect(await nextBatch(local)).toBeNull(), { timeout: 5_000 });
    sender.stop();
    expect(taken).toEqual(ids.filter((id) => !bad.has(id)));
    expect((await local.parkedEvents.orderBy("id").toArray()).map(({ id, code: why }) => [id, why])).toEqual([...bad].sort().map((id) => [id, code]));
    expect(requests).toBeLessThan(60);
  });

  test("too many at once are sent in halves and none is parked", async () => {
    const ids = await recordMany(40);
    const { taken } = serve((batch) => (batch.events.length > 12 ? new CodedError("too_large", "no") : null));
    const sender = sending();
    sender.flush();
    await vi.waitFor(async () => expect(await nextBatch(local)).toBeNull(), { timeout: 5_000 });
    sender.stop();
    expect(taken).toEqual(ids);
    expect(await local.parkedEvents.count()).toBe(0);
  });

  test("while another tab begins a new stream, the queue never looks empty", async () => {
    await recordMany(5);
    const ended = new AbortController();
    const beginning = (async () => {
      for (let begun = 0; begun < 20; begun += 1) await beginNewStream(local, (await nextBatch(local))?.stream ?? "", { clock, random: systemRandom });
    })().finally(() => ended.abort());
    let looked = 0;
    while (!ended.signal.aborted) {
      expect((await nextBatch(local))?.events).toHaveLength(5);
      looked += 1;
    }
    await beginning;
    expect(looked).toBeGreaterThan(20);
  });

  test("forbidden: a stream of another person is left for a new one that follows it", async () => {
    const ids = await recordMany(3);
    const stream = (await nextBatch(local))?.stream ?? "";
    const { taken, positions } = serve(() => null);
    positions.set(stream, { userId: newId(), lastSeq: 0, lastEventId: null });
    const sender = sending();
    sender.flush();
    await vi.waitFor(async () => expect(await nextBatch(local)).toBeNull(), { timeout: 5_000 });
    sender.stop();
    expect(taken).toEqual(ids);
    expect(requests).toBe(2);
  });

  test("forbidden again in the new stream: nothing is lost, and the server is not stormed", async () => {
    const ids = await recordMany(3);
    serve(() => new CodedError("forbidden", "no"));
    const sender = sending(patient);
    sender.flush();
    await vi.waitFor(() => expect(requests).toBeGreaterThanOrEqual(2));
    sender.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toBe(2);
    expect((await nextBatch(local))?.events.map(({ event }) => event.id)).toEqual(ids);
  });

  test("a server that refuses every single event is given time: no more than some are parked at once", async () => {
    await recordMany(60);
    serve(() => new CodedError("invalid_input", "no"));
    const sender = sending(patient);
    sender.flush();
    await vi.waitFor(async () => expect(await local.parkedEvents.count()).toBe(21), { timeout: 5_000 });
    sender.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await local.parkedEvents.count()).toBe(21);
    expect((await nextBatch(local))?.events).toHaveLength(39);
  });
});
