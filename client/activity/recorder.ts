import { type ActivityEvent, verbs } from "@mochila/shared/activity/event.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { EVENTS_WAITING_MAX } from "@mochila/shared/limits.ts";
import type { LocalDatabase } from "../db/local.ts";
import type { ActivityRecorder } from "../person.ts";

/** The stream of this browser profile and person: its events are numbered without a gap. */
export interface EventStream {
  readonly id: string;
  readonly next: number;
  /** The stream before this one, where the server could not be given what it missed. */
  readonly follows: string | null;
}

export const STREAM_SETTING = "event-stream";

export type RecordedEvent = Parameters<ActivityRecorder["record"]>[0];

export interface RecorderOptions {
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly random: Random;
  /** Called after an event is safe. */
  onRecorded(): void;
}

/**
 * Puts an event into the queue of this device: its number and itself in one transaction, so that numbers have no gap and no double, in any
 * tab. When the queue is full, events of low value are left out before they get a number.
 */
export function makeRecorder({ local, clock, random, onRecorded }: RecorderOptions): (event: RecordedEvent) => Promise<void> {
  // One run of this page's monotonic clock.
  const boot = newRev({ random });
  return async (recorded) => {
    const at = { at: Math.max(0, Math.floor(clock.now())), monotonicMs: clock.monotonic(), boot };
    const queued = await local.transaction("rw", local.events, local.settings, async () => {
      if (verbs[recorded.verb].lowValue && (await waitingEvents(local).count()) >= EVENTS_WAITING_MAX) return false;
      const stream = (await local.setting<EventStream>(STREAM_SETTING)) ?? { id: newRev({ random }), next: 1, follows: null };
      const event: ActivityEvent = { seq: stream.next, id: newId({ clock, random }), ...recorded, ...at };
      await local.events.add({ stream: stream.id, seq: stream.next, event, ackedAt: 0 });
      await local.set(STREAM_SETTING, { ...stream, next: stream.next + 1 });
      return true;
    });
    if (queued) onRecorded();
  };
}

/** In an IndexedDB key an array comes after every number and text: the end of a range. (The same array twice in one key is refused by some browsers.) */
export const AFTER_ALL: [] = [];

/** Events that the server has not acknowledged, in the order of their streams and numbers. */
export const waitingEvents = (local: LocalDatabase) =>
  local.events.where("[ackedAt+stream+seq]").between([0], [0, AFTER_ALL]);

/** The same of one stream. */
export const waitingOf = (local: LocalDatabase, stream: string) =>
  local.events.where("[ackedAt+stream+seq]").between([0, stream], [0, stream, AFTER_ALL]);
