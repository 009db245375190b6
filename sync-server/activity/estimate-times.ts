import type { ActivityEvent } from "@mochila/shared/activity/event.ts";

/** The wall clock and the monotonic clock may drift apart this far before a jump is assumed. */
const DRIFT_MS_MAX = 2_000;
/** While a device sleeps the monotonic clock stands still; a longer sleep of one page is taken for a clock that was set forward. */
const SLEEP_MS_MAX = 7 * 24 * 3_600_000;
/** Nobody is offline longer than removals are kept; older times come from a broken clock. */
const AGE_MS_MAX = 400 * 24 * 3_600_000;

export interface EstimatedTime {
  /** Milliseconds since 1970, between 400 days before receipt and receipt. */
  readonly happenedAt: number;
  /** The wall clock moved against the monotonic one between this event and its neighbour. */
  readonly clockJump: boolean;
}

type Timed = Pick<ActivityEvent, "at" | "monotonicMs" | "boot">;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** How far the wall clock moved more than the monotonic one between two events of one run of the page; 0 where they cannot be compared. */
function wallDrift(earlier: Timed, later: Timed): number {
  if (earlier.boot !== later.boot) return 0;
  const drift = later.at - earlier.at - (later.monotonicMs - earlier.monotonicMs);
  return Math.abs(drift) > DRIFT_MS_MAX ? drift : 0;
}

/**
 * When the events of one batch really happened (SYNC.md B.4). The device's error is what its clock said when it sent, against ours when
 * we received. From the last event backwards, a jump that cannot be a sleep is taken out, because the error before it was another one.
 * `events` in their order; `sentAt` by the device's clock, `receivedAt` by ours.
 */
export function estimateTimes(events: readonly Timed[], { sentAt, receivedAt }: { sentAt: number; receivedAt: number }): EstimatedTime[] {
  const estimates: EstimatedTime[] = [];
  let skew = receivedAt - sentAt;
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index] as Timed;
    const later = events[index + 1];
    const drift = later ? wallDrift(event, later) : 0;
    if (drift < 0 || drift > SLEEP_MS_MAX) skew += drift;
    estimates.push({ happenedAt: Math.floor(clamp(event.at + skew, receivedAt - AGE_MS_MAX, receivedAt)), clockJump: drift !== 0 });
  }
  return estimates.toReversed();
}
