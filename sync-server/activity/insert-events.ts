import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Transaction } from "../db/database.ts";
import { believeTimes, type TimeCredit } from "./believed-time.ts";
import type { EstimatedTime } from "./estimate-times.ts";

/** When the events of a batch happened and how long each lasted, place by place. */
interface CountedTimes {
  readonly times: readonly EstimatedTime[];
  readonly believedMs: readonly number[];
  /** What was claimed where it is not believed, else null. */
  readonly claimedMs: readonly (number | null)[];
  /** What the stream may claim after them. */
  readonly credit: TimeCredit;
}

/** `times`: when each happened, place by place. */
export function countTimes(events: readonly ActivityEvent[], times: readonly EstimatedTime[], credit: TimeCredit): CountedTimes {
  const claims = times.map(({ happenedAt }, index) => ({ happenedAt, claimedMs: Math.round((events[index]?.seconds ?? 0) * 1_000) }));
  const believed = believeTimes(claims, credit);
  return {
    times, believedMs: believed.believedMs, credit: believed.credit,
    claimedMs: claims.map(({ claimedMs }, index) => (claimedMs === believed.believedMs[index] ? null : claimedMs)),
  };
}

interface Source {
  readonly counted: CountedTimes;
  readonly userId: string;
  readonly streamId: string;
  readonly receivedAt: number;
}

/**
 * One statement for the whole batch. An event that another stream brought already is left out (its id is taken). By columns: they cost the
 * driver, the wire and Postgres half of what rows as JSON do. No value needs quotes, the schema leaves ids, numbers and words.
 */
export async function insertEvents(transaction: Transaction, events: readonly ActivityEvent[], { counted, userId, streamId, receivedAt }: Source): Promise<void> {
  if (events.length === 0) return;
  const list = (values: readonly (string | number | boolean | null | undefined)[]): string => `{${values.map((value) => value ?? "null").join()}}`;
  const column = (value: (event: ActivityEvent) => string | number | undefined): string => list(events.map((event) => value(event)));
  await transaction`
    insert into event_raw (event_id, user_id, stream_id, stream_seq, course_id, item_id, verb, lang, visit, part, duration_ms, claimed_ms,
      device_at_ms, happened_at, clock_jump, received_at)
    select r.event_id, ${userId}, ${streamId}, r.stream_seq, r.course_id, r.item_id, r.verb, r.lang, r.visit, r.part, r.duration_ms, r.claimed_ms,
      r.device_at_ms, to_timestamp(r.happened_ms / 1000), r.clock_jump, ${new Date(receivedAt)}
    from unnest(${column(({ id }) => id)}::uuid[], ${column(({ seq }) => seq)}::bigint[], ${column(({ courseId }) => courseId)}::uuid[],
      ${column(({ itemId }) => itemId)}::uuid[], ${column(({ verb }) => verb)}::text[], ${column(({ lang }) => lang)}::text[], ${column(({ visit }) => visit)}::uuid[],
      ${column(({ part }) => part)}::integer[], ${list(counted.believedMs)}::bigint[], ${list(counted.claimedMs)}::bigint[], ${column(({ at }) => at)}::bigint[],
      ${list(counted.times.map(({ happenedAt }) => happenedAt))}::float8[], ${list(counted.times.map(({ clockJump }) => clockJump))}::boolean[]
    ) as r (event_id, stream_seq, course_id, item_id, verb, lang, visit, part, duration_ms, claimed_ms, device_at_ms, happened_ms, clock_jump)
    order by r.stream_seq
    on conflict (user_id, event_id) do nothing`;
}
