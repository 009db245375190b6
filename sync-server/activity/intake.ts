import type { EventAnswer } from "@mochila/shared/activity/event-answer.ts";
import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Database, Transaction } from "../db/database.ts";
import { admit, type StreamPosition } from "./admit.ts";
import { believeTimes, NO_CREDIT_YET, type TimeCredit } from "./believed-time.ts";
import { estimateTimes } from "./estimate-times.ts";

interface Delivery {
  readonly batch: EventBatch;
  readonly actor: Actor;
  /** By the server's clock, milliseconds since 1970. */
  readonly receivedAt: number;
}

/** The stream's row, locked until the end of the transaction: two deliveries of one stream follow each other. */
async function lockStream(transaction: Transaction, { batch, actor, receivedAt }: Delivery): Promise<{ position: StreamPosition; credit: TimeCredit }> {
  const received = new Date(receivedAt);
  await transaction`
    insert into event_stream (stream_id, user_id, follows, created_at, last_received_at)
    values (${batch.stream}, ${actor.userId}, ${batch.follows ?? null}, ${received}, ${received}) on conflict do nothing`;
  const [row] = await transaction<{ user_id: string; last_seq: string; last_event_id: string | null; credit_ms: string | null; credit_at: Date | null }[]>`
    select user_id, last_seq, last_event_id, credit_ms, credit_at from event_stream where stream_id = ${batch.stream} for update`;
  if (!row) throw new CodedError("unavailable", "the stream was removed in this moment; send again");
  return {
    position: { userId: row.user_id, lastSeq: Number(row.last_seq), lastEventId: row.last_event_id },
    credit: row.credit_ms === null ? NO_CREDIT_YET : { leftMs: Number(row.credit_ms), until: row.credit_at?.getTime() ?? null },
  };
}

/**
 * One statement for the whole batch. An event that another stream brought already is left out (its id is taken). Returns what the stream
 * may claim after it.
 */
async function insertEvents(transaction: Transaction, { events, credit }: { events: readonly ActivityEvent[]; credit: TimeCredit }, { batch, actor, receivedAt }: Delivery): Promise<TimeCredit> {
  if (events.length === 0) return credit;
  const times = estimateTimes(events, { sentAt: batch.sentAt, receivedAt });
  const claims = events.map((event, index) => ({ happenedAt: times[index]?.happenedAt ?? receivedAt, claimedMs: Math.round((event.seconds ?? 0) * 1000) }));
  const believed = believeTimes(claims, credit);
  const rows = events.map((event, index) => ({
    event_id: event.id,
    stream_seq: event.seq,
    course_id: event.courseId,
    item_id: event.itemId ?? null,
    verb: event.verb,
    lang: event.lang ?? null,
    visit: event.visit ?? null,
    part: event.part ?? null,
    duration_ms: believed.believedMs[index] ?? 0,
    claimed_ms: believed.believedMs[index] === claims[index]?.claimedMs ? null : (claims[index]?.claimedMs ?? null),
    device_at_ms: event.at,
    happened_at: new Date(times[index]?.happenedAt ?? receivedAt).toISOString(),
    clock_jump: times[index]?.clockJump ?? false,
  }));
  await transaction`
    insert into event_raw (event_id, user_id, stream_id, stream_seq, course_id, item_id, verb, lang, visit, part, duration_ms, claimed_ms,
      device_at_ms, happened_at, clock_jump, received_at)
    select r.event_id, ${actor.userId}, ${batch.stream}, r.stream_seq, r.course_id, r.item_id, r.verb, r.lang, r.visit, r.part, r.duration_ms, r.claimed_ms,
      r.device_at_ms, r.happened_at, r.clock_jump, ${new Date(receivedAt)}
    from jsonb_to_recordset(${transaction.json(rows)}) as r(event_id uuid, stream_seq bigint, course_id uuid, item_id uuid, verb text, lang text,
      visit uuid, part integer, duration_ms bigint, claimed_ms bigint, device_at_ms bigint, happened_at timestamptz, clock_jump boolean)
    order by r.stream_seq
    on conflict (user_id, event_id) do nothing`;
  return believed.credit;
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

/**
 * Takes one batch: every number once, in order, and durable when this resolves. A resend answers the same and stores nothing.
 * Throws CodedError: see `admit`; then nothing of the batch is stored.
 */
export function takeBatch(database: Database, delivery: Delivery): Promise<EventAnswer> {
  const { batch, actor, receivedAt } = delivery;
  return database.transaction(async (transaction) => {
    const { position, credit } = await lockStream(transaction, delivery);
    const admission = admit({ position, batch, actor });
    await proveKnown(transaction, admission.unproved, actor);
    if (admission.lastSeq > position.lastSeq) {
      const after = await insertEvents(transaction, { events: admission.events, credit }, delivery);
      await transaction`
        update event_stream set last_seq = ${admission.lastSeq}, last_event_id = ${admission.lastEventId}, last_received_at = ${new Date(receivedAt)},
          credit_ms = ${after.until === null ? null : after.leftMs}, credit_at = ${after.until === null ? null : new Date(after.until)}
        where stream_id = ${batch.stream}`;
    }
    return { accepted: admission.lastSeq, refused: [...admission.refused] };
  });
}
