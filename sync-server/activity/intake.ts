import type { EventAnswer } from "@mochila/shared/activity/event-answer.ts";
import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Database, Transaction } from "../db/database.ts";
import { type Admission, admit, type Refusal, type StreamPosition } from "./admit.ts";
import { NO_CREDIT_YET, type TimeCredit } from "./believed-time.ts";
import { type EstimatedTime, estimateTimes } from "./estimate-times.ts";
import { countTimes, insertEvents } from "./insert-events.ts";
import { tellMembers } from "./stays.ts";

interface Delivery {
  readonly batch: EventBatch;
  readonly actor: Actor;
  /** By the server's clock, milliseconds since 1970. */
  readonly receivedAt: number;
}

interface StreamRow {
  readonly user_id: string;
  readonly last_seq: string;
  readonly last_event_id: string | null;
  readonly credit_ms: string | null;
  readonly credit_at: Date | null;
}

/** The stream's row, locked until the end of the transaction: two deliveries of one stream follow each other. */
async function lockStream(transaction: Transaction, { batch, actor, receivedAt }: Delivery): Promise<{ position: StreamPosition; credit: TimeCredit }> {
  const lock = () => transaction<StreamRow[]>`
    select user_id, last_seq, last_event_id, credit_ms, credit_at from event_stream where stream_id = ${batch.stream} for update`;
  let [row] = await lock();
  if (!row) {
    const received = new Date(receivedAt);
    await transaction`
      insert into event_stream (stream_id, user_id, follows, created_at, last_received_at)
      values (${batch.stream}, ${actor.userId}, ${batch.follows ?? null}, ${received}, ${received}) on conflict do nothing`;
    [row] = await lock();
  }
  if (!row) throw new CodedError("unavailable", "the stream was removed in this moment; send again");
  return {
    position: { userId: row.user_id, lastSeq: Number(row.last_seq), lastEventId: row.last_event_id },
    credit: row.credit_ms === null ? NO_CREDIT_YET : { leftMs: Number(row.credit_ms), until: row.credit_at?.getTime() ?? null },
  };
}

/**
 * A copied profile that lags behind its twin offers taken numbers with events of its own. It must not be told that they are durable.
 */
async function proveKnown(transaction: Transaction, events: readonly ActivityEvent[], actor: Actor): Promise<void> {
  if (events.length === 0) return;
  const ids = events.map(({ id }) => id);
  const known = await transaction`select 1 from event_raw where user_id = ${actor.userId} and event_id = any(${ids}::uuid[])`;
  if (known.length < new Set(ids).size) throw new CodedError("stream_forked", "these numbers were taken by other events");
}

interface Allowed {
  readonly events: readonly ActivityEvent[];
  readonly times: readonly EstimatedTime[];
  readonly refused: readonly Refusal[];
}

/** What their person did as a member of the course. All are timed, also those that do not count: a clock that was set is seen between any two. */
async function allow(transaction: Transaction, events: readonly ActivityEvent[], { batch, actor, receivedAt }: Delivery): Promise<Allowed> {
  const timed = estimateTimes(events, { sentAt: batch.sentAt, receivedAt }).flatMap((time, index) => (events[index] ? [{ event: events[index], happenedAt: time.happenedAt, time }] : []));
  const asMember = await tellMembers(transaction, actor, { happenings: timed, receivedAt });
  const allowed = timed.filter(asMember);
  return {
    events: allowed.map(({ event }) => event),
    times: allowed.map(({ time }) => time),
    refused: timed.flatMap((one) => (asMember(one) ? [] : [{ seq: one.event.seq, code: "forbidden" as const }])),
  };
}

const moveStream = (transaction: Transaction, { batch, receivedAt }: Delivery, { admission, credit }: { admission: Admission; credit: TimeCredit }): Promise<unknown> => transaction`
  update event_stream set last_seq = ${admission.lastSeq}, last_event_id = ${admission.lastEventId}, last_received_at = ${new Date(receivedAt)},
    credit_ms = ${credit.until === null ? null : credit.leftMs}, credit_at = ${credit.until === null ? null : new Date(credit.until)}
  where stream_id = ${batch.stream}`;

/**
 * Takes one batch: every number once, in order, and durable when this resolves. A resend answers the same and stores nothing.
 * Throws CodedError: see `admit`; then nothing of the batch is stored.
 */
export function takeBatch(database: Database, delivery: Delivery): Promise<EventAnswer> {
  const { batch, actor, receivedAt } = delivery;
  return database.transaction(async (transaction) => {
    const { position, credit } = await lockStream(transaction, delivery);
    const admission = admit({ position, batch, actor });
    await proveKnown(transaction, (await allow(transaction, admission.unproved, delivery)).events, actor);
    const { events, times, refused } = await allow(transaction, admission.events, delivery);
    if (admission.lastSeq > position.lastSeq) {
      const counted = countTimes(events, times, credit);
      // Sent one behind the other, without a way back and forth between them.
      await Promise.all([
        insertEvents(transaction, events, { counted, userId: actor.userId, streamId: batch.stream, receivedAt }),
        moveStream(transaction, delivery, { admission, credit: counted.credit }),
      ]);
    }
    return { accepted: admission.lastSeq, refused: [...admission.refused, ...refused].toSorted((one, other) => one.seq - other.seq) };
  });
}
