import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { EVENT_BATCH_BYTES_MAX, EVENTS_KEPT_DAYS, EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import type { LocalDatabase, QueuedEvent } from "../db/local.ts";
import { AFTER_ALL, type EventStream, STREAM_SETTING, waitingEvents, waitingOf } from "./recorder.ts";

/** Room for the envelope of a batch. */
const ENVELOPE_BYTES = 1_024;
const KEPT_MS = EVENTS_KEPT_DAYS * 24 * 3_600_000;
/** About 5 MiB: what is kept for a server that was restored must not crowd out work. */
const KEPT_MAX = 15_000;
/** A server that refuses everything must not fill the device with what nobody will take: the oldest go first. */
const PARKED_MAX = 5_000;

export interface Batch {
  readonly stream: string;
  readonly follows: string | null;
  readonly events: readonly QueuedEvent[];
}

/**
 * The next events to send, within the bounds of one request and at most `most`; null when nothing waits. One transaction: another tab that
 * begins a new stream between the two reads would leave the old one empty, which looks as if all were sent.
 */
export async function nextBatch(local: LocalDatabase, most = EVENTS_PER_BATCH_MAX): Promise<Batch | null> {
  const { stream, waiting } = await local.transaction("r", local.events, local.settings, async () => {
    const current = await local.setting<EventStream>(STREAM_SETTING);
    return { stream: current, waiting: current ? await waitingOf(local, current.id).limit(Math.min(most, EVENTS_PER_BATCH_MAX)).toArray() : [] };
  });
  if (!stream) return null;
  const events: QueuedEvent[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const queued of waiting) {
    bytes += JSON.stringify(queued.event).length + 1;
    if (events.length > 0 && bytes > EVENT_BATCH_BYTES_MAX) break;
    events.push(queued);
  }
  return events.length > 0 ? { stream: stream.id, follows: stream.follows, events } : null;
}

/** Everything up to `accepted` is durable there. It is kept some days, to be sent again after a restore of the server. */
export async function acknowledge(local: LocalDatabase, { stream, accepted, at }: { stream: string; accepted: number; at: number }): Promise<void> {
  await local.transaction("rw", local.events, async () => {
    await waitingOf(local, stream).and(({ seq }) => seq <= accepted).modify({ ackedAt: at });
    const acked = local.events.where("[ackedAt+stream+seq]");
    await acked.between([1], [at - KEPT_MS, AFTER_ALL]).delete();
    const kept = () => local.events.where("[ackedAt+stream+seq]").above([0, AFTER_ALL]);
    const surplus = (await kept().count()) - KEPT_MAX;
    if (surplus > 0) await local.events.bulkDelete(await kept().limit(surplus).primaryKeys());
  });
}

/**
 * The server lacks what comes from `expected` on, as after a restore. True: it is still here and waits again. False: it is not; the device
 * must begin a new stream.
 */
export async function sendAgainFrom(local: LocalDatabase, stream: string, expected: number): Promise<boolean> {
  return local.transaction("rw", local.events, local.settings, async () => {
    const current = await local.setting<EventStream>(STREAM_SETTING);
    if (current?.id !== stream || expected >= current.next || expected < 1) return false;
    const rows = local.events.where("[stream+seq]").between([stream, expected], [stream, AFTER_ALL]);
    if ((await rows.count()) !== current.next - expected) return false;
    await rows.modify({ ackedAt: 0 });
    return true;
  });
}

/** Goes on in a new stream. What is unsent keeps its ids and its order and is numbered anew, all in one transaction. */
export async function beginNewStream(local: LocalDatabase, stream: string, sources: { clock: Clock; random: Random }): Promise<void> {
  await local.transaction("rw", local.events, local.settings, async () => {
    const current = await local.setting<EventStream>(STREAM_SETTING);
    // Another tab has done it.
    if (current?.id !== stream) return;
    const id = newRev(sources);
    const unsent = await waitingOf(local, stream).toArray();
    await waitingOf(local, stream).delete();
    await local.events.bulkAdd(unsent.map(({ event }, index) => ({ stream: id, seq: index + 1, event: { ...event, seq: index + 1 }, ackedAt: 0 })));
    await local.set(STREAM_SETTING, { id, next: unsent.length + 1, follows: stream } satisfies EventStream);
  });
}

/**
 * Takes an event that is refused by itself out of the way: kept aside with the server's reason, and the others go on in a new stream,
 * because a stream has no gap. One transaction: the event is in the queue or aside, never nowhere.
 */
export async function park(local: LocalDatabase, { stream, queued, code }: { stream: string; queued: QueuedEvent; code: string }, sources: { clock: Clock; random: Random }): Promise<void> {
  await local.transaction("rw", local.events, local.settings, local.parkedEvents, async () => {
    await local.parkedEvents.put({ id: queued.event.id, event: queued.event, code, at: sources.clock.now() });
    const surplus = (await local.parkedEvents.count()) - PARKED_MAX;
    if (surplus > 0) await local.parkedEvents.bulkDelete(await local.parkedEvents.orderBy("at").limit(surplus).primaryKeys());
    await local.events.delete([queued.stream, queued.seq]);
    await beginNewStream(local, stream, sources);
  });
}

/** For the outbox: how many events wait, about how many bytes, and since when. */
export async function waitingSummary(local: LocalDatabase): Promise<{ count: number; bytes: number; since: number | null }> {
  let bytes = 0;
  let since: number | null = null;
  let count = 0;
  await waitingEvents(local).each(({ event }) => {
    count += 1;
    bytes += JSON.stringify(event).length;
    since ??= event.at;
  });
  return { count, bytes, since };
}
