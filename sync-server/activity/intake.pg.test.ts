import { afterAll, beforeAll, expect, test } from "vitest";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { takeBatch } from "./intake.ts";
import { actorIn, batchOf, events, RECEIVED_AT } from "./test-batches.ts";

let store: Awaited<ReturnType<typeof createTestDatabase>>;
const courseId = newId();

beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const take = (actor: ReturnType<typeof actorIn>, batch: ReturnType<typeof batchOf>) => takeBatch(store.database, { batch, actor, receivedAt: RECEIVED_AT });
const storedIds = async (userId: string): Promise<string[]> =>
  (await store.database.sql<{ event_id: string }[]>`select event_id from event_raw where user_id = ${userId} order by seq`).map((row) => row.event_id);
const ids = (list: readonly ActivityEvent[]) => list.map((event) => event.id);
const failure = async (work: Promise<unknown>): Promise<CodedError> => work.then(() => expect.fail("it was taken"), (error: CodedError) => error);

test("E-01 a batch is stored once, in order, however often it is sent", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const first = events(5, { courseId });
  for (let times = 0; times < 3; times += 1) expect(await take(actor, batchOf(stream, first))).toEqual({ accepted: 5, refused: [] });
  // The answer was lost, meanwhile three more were recorded: the device sends all that it has no answer for.
  const more = events(3, { courseId, first: 6 });
  expect(await take(actor, batchOf(stream, [...first.slice(2), ...more]))).toEqual({ accepted: 8, refused: [] });
  expect(await storedIds(actor.userId)).toEqual([...ids(first), ...ids(more)]);
});

test("E-01 the same batch on eight connections at once is stored once", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const list = events(200, { courseId });
  const answers = await Promise.all(Array.from({ length: 8 }, () => take(actor, batchOf(stream, list))));
  expect(answers.every((answer) => answer.accepted === 200)).toBe(true);
  expect(await storedIds(actor.userId)).toEqual(ids(list));
});

test("E-01 batches of one stream in a race: each is taken whole or answered with the gap", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const list = events(300, { courseId });
  const parts = Array.from({ length: 6 }, (_, part) => list.slice(part * 50, part * 50 + 50));
  let rest = parts;
  for (let round = 0; rest.length > 0; round += 1) {
    expect(round).toBeLessThan(7);
    const results = await Promise.allSettled(rest.map((part) => take(actor, batchOf(stream, part))));
    rest = rest.filter((_, index) => results[index]?.status === "rejected");
    for (const result of results) if (result.status === "rejected") expect((result.reason as CodedError).code).toBe("event_gap");
  }
  expect(await storedIds(actor.userId)).toEqual(ids(list));
});

test("E-02 a gap is answered with the number that is expected, and nothing is stored", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  await take(actor, batchOf(stream, events(2, { courseId })));
  const refused = await failure(take(actor, batchOf(stream, events(2, { courseId, first: 4 }))));
  expect(refused.code).toBe("event_gap");
  expect(refused.more.details).toEqual({ expected: 3 });
  expect(await storedIds(actor.userId)).toHaveLength(2);
});

test("E-02 numbers out of order inside a batch are refused whole", async () => {
  const actor = actorIn(courseId);
  const list = events(3, { courseId });
  const refused = await failure(take(actor, batchOf(newId(), list.toReversed())));
  expect(refused.code).toBe("invalid_input");
  expect(await storedIds(actor.userId)).toEqual([]);
});

test("E-03 a bad event is refused by its number and holds up nobody", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const list: Record<string, unknown>[] = [...events(6, { courseId })];
  list[1] = { ...list[1], verb: "page.exploded" };
  list[2] = { ...list[2], courseId: newId() };
  list[3] = { ...list[3], seconds: -1 };
  list[4] = { ...list[4], note: "x".repeat(2_000) };
  const answer = await take(actor, batchOf(stream, list as ActivityEvent[]));
  expect(answer).toEqual({
    accepted: 6,
    refused: [{ seq: 2, code: "invalid_input" }, { seq: 3, code: "forbidden" }, { seq: 4, code: "invalid_input" }, { seq: 5, code: "too_large" }],
  });
  expect(await storedIds(actor.userId)).toEqual([list[0]?.["id"], list[5]?.["id"]]);
  // Only bad ones: the stream goes on all the same.
  expect((await take(actor, batchOf(stream, events(1, { courseId: newId(), first: 7 })))).accepted).toBe(7);
  expect((await take(actor, batchOf(stream, events(1, { courseId, first: 8 })))).accepted).toBe(8);
});

test("E-04 a copied profile is sent to a stream of its own and nothing of either is lost or doubled", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const shared = events(3, { courseId });
  const left = [...shared, ...events(1, { courseId, first: 4 })];
  const right = [...shared, ...events(1, { courseId, first: 4 })];
  await take(actor, batchOf(stream, left));
  expect((await failure(take(actor, batchOf(stream, right)))).code).toBe("stream_forked");
  const renumbered = right.map((event, index) => ({ ...event, seq: index + 1 }));
  expect((await takeBatch(store.database, { batch: { ...batchOf(newId(), renumbered), follows: stream }, actor, receivedAt: RECEIVED_AT })).accepted).toBe(4);
  expect(await storedIds(actor.userId)).toEqual([...ids(left), right[3]?.id]);
});

test("E-04 a copy that lags behind is not told that its own events are durable", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  const ahead = events(10, { courseId });
  await take(actor, batchOf(stream, ahead));
  expect((await failure(take(actor, batchOf(stream, events(2, { courseId, first: 4 }))))).code).toBe("stream_forked");
  // A delayed repetition of a batch that was really taken is only a duplicate.
  expect((await take(actor, batchOf(stream, ahead.slice(3, 6)))).accepted).toBe(10);
  expect(await storedIds(actor.userId)).toEqual(ids(ahead));
});

test("E-05 another person's stream is forbidden, and the actor is the session's", async () => {
  const owner = actorIn(courseId);
  const stranger = actorIn(courseId);
  const stream = newId();
  await take(owner, batchOf(stream, events(1, { courseId })));
  expect((await failure(take(stranger, batchOf(stream, events(1, { courseId, first: 2 }))))).code).toBe("forbidden");
  const forged = events(1, { courseId }).map((event) => ({ ...event, userId: owner.userId }));
  expect((await take(stranger, batchOf(newId(), forged))).refused).toEqual([{ seq: 1, code: "invalid_input" }]);
  expect(await storedIds(stranger.userId)).toEqual([]);
  expect(await storedIds(owner.userId)).toHaveLength(1);
});

test("E-10 a device's clock may say anything; what it said is kept beside the estimate", async () => {
  const actor = actorIn(courseId);
  const broken = events(2, { courseId, at: 8.6e15 - 10_000 });
  await takeBatch(store.database, { batch: batchOf(newId(), broken, 8.6e15), actor, receivedAt: RECEIVED_AT });
  const rows = await store.database.sql<{ device_at_ms: string; happened_at: Date }[]>`
    select device_at_ms, happened_at from event_raw where user_id = ${actor.userId} order by seq`;
  expect(rows.map((row) => Number(row.device_at_ms))).toEqual(broken.map((event) => event.at));
  expect(rows.every((row) => row.happened_at.getTime() > RECEIVED_AT - 20_000 && row.happened_at.getTime() <= RECEIVED_AT)).toBe(true);
});

test("E-12 a forged day is counted as five minutes at most, also over many batches; what was said is kept", async () => {
  const actor = actorIn(courseId);
  const stream = newId();
  for (let first = 1; first <= 3; first += 1) {
    await take(actor, batchOf(stream, events(1, { courseId, first, verb: "page.viewed", seconds: 86_400 })));
  }
  const rows = await store.database.sql<{ duration_ms: string; claimed_ms: string | null }[]>`
    select duration_ms, claimed_ms from event_raw where user_id = ${actor.userId} order by seq`;
  expect(rows.map((row) => [Number(row.duration_ms), Number(row.claimed_ms)])).toEqual([[300_000, 86_400_000], [0, 86_400_000], [0, 86_400_000]]);
  const honest = actorIn(courseId);
  await take(honest, batchOf(newId(), events(1, { courseId, verb: "page.viewed", seconds: 42.5 })));
  expect(await store.database.sql`select duration_ms::int, claimed_ms from event_raw where user_id = ${honest.userId}`).toEqual([{ duration_ms: 42_500, claimed_ms: null }]);
});
