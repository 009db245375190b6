import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError, type ErrorCode } from "@mochila/shared/errors.ts";
import { EVENT_DATA_BYTES_MAX } from "@mochila/shared/limits.ts";

/** What the server knows of a stream before a batch. */
export interface StreamPosition {
  readonly userId: string;
  readonly lastSeq: number;
  /** Null only before the first event. */
  readonly lastEventId: string | null;
}

export interface Refusal {
  readonly seq: number;
  readonly code: ErrorCode;
}

export interface Admission {
  /** New and valid, in their order. Whether they count is told by when they happened (`tellMembers`). */
  readonly events: readonly ActivityEvent[];
  readonly refused: readonly Refusal[];
  /** The stream's position after the batch. */
  readonly lastSeq: number;
  readonly lastEventId: string | null;
  /** Numbers taken before, in a batch that does not reach the last one: their ids must be known, else the stream is a copy. */
  readonly unproved: readonly ActivityEvent[];
}

const byteLength = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function judge(candidate: EventBatch["events"][number]): ActivityEvent | ErrorCode {
  const parsed = ActivityEvent.safeParse(candidate);
  // What the schema takes is never too large.
  if (!parsed.success) return byteLength(candidate) > EVENT_DATA_BYTES_MAX ? "too_large" : "invalid_input";
  return parsed.data;
}

function judgeAll(candidates: EventBatch["events"]): { events: ActivityEvent[]; refused: Refusal[] } {
  const events: ActivityEvent[] = [];
  const refused: Refusal[] = [];
  for (const candidate of candidates) {
    const verdict = judge(candidate);
    if (typeof verdict === "string") refused.push({ seq: candidate.seq, code: verdict });
    else events.push(verdict);
  }
  return { events, refused };
}

/**
 * Decides what a batch adds to its stream; does nothing. A refused event takes its number, so that one bad event never holds up the
 * others (DECISIONS 24). Throws CodedError: `forbidden` for another person's stream, `invalid_input` for numbers out of order,
 * `event_gap` with `expected`, `stream_forked` when a number was taken by another event.
 */
export function admit({ position, batch, actor }: { position: StreamPosition; batch: EventBatch; actor: Pick<Actor, "userId"> }): Admission {
  if (position.userId !== actor.userId) throw new CodedError("forbidden", "this stream is not yours");
  const first = batch.events[0]?.seq ?? 0;
  for (const [index, { seq }] of batch.events.entries()) {
    if (seq !== first + index) throw new CodedError("invalid_input", "the numbers of a batch follow each other");
  }
  if (first > position.lastSeq + 1) {
    throw new CodedError("event_gap", "numbers are missing before this batch", { details: { expected: position.lastSeq + 1 } });
  }
  const covering = batch.events[position.lastSeq - first];
  if (covering && covering.id !== position.lastEventId) throw new CodedError("stream_forked", "these numbers were taken by other events");
  const fresh = batch.events.slice(Math.max(0, position.lastSeq - first + 1));
  const last = fresh.at(-1);
  const provesItself = covering !== undefined || first === position.lastSeq + 1;
  return {
    ...judgeAll(fresh),
    lastSeq: last?.seq ?? position.lastSeq,
    lastEventId: last?.id ?? position.lastEventId,
    unproved: provesItself ? [] : judgeAll(batch.events).events,
  };
}
