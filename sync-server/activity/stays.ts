import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { members } from "@mochila/shared/courses/member.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { Sql } from "../db/database.ts";

/** How far the estimated time of an event may lie from the true one; and a device that is online hears a moment later that its person was taken out. */
const MARGIN_MS = 5 * 60_000;

/** From when until when somebody was in a course, milliseconds since 1970. */
interface Stay {
  readonly from: number;
  readonly until: number;
}

export interface Happening {
  readonly event: ActivityEvent;
  /** Our estimate, milliseconds since 1970. */
  readonly happenedAt: number;
}

interface Version {
  readonly courseId: string;
  readonly state: string;
  readonly endsAt: number | null;
  /** Null: it stands. */
  readonly until: Date | null;
}

/** By course, from all that the row of a member ever was. The first stay reaches back without end: nobody studies before they are let in, so an earlier time is a clock's fault. */
async function readStays(sql: Sql, userId: string, courseIds: readonly string[]): Promise<Map<string, Stay[]>> {
  const ids = courseIds.map((courseId) => pairId(courseId, userId));
  const versions = await sql<Version[]>`
    select body ->> 'courseId' as "courseId", body ->> 'state' as state, (body ->> 'endsAt')::float8 as "endsAt", until from (
      select id, body, at as until from doc_history where document = any(${ids}::uuid[]) and coll = ${members.number}
      union all
      select null, body, null from doc_members where id = any(${ids}::uuid[]) and not deleted) as version
    order by id nulls last`;
  const stays = new Map<string, Stay[]>();
  const begins = new Map<string, number>();
  for (const { courseId, state, endsAt, until } of versions) {
    const stay = { from: begins.get(courseId) ?? -Infinity, until: Math.min(until?.getTime() ?? Infinity, endsAt ?? Infinity) };
    stays.set(courseId, [...(stays.get(courseId) ?? []), ...(state === "active" ? [stay] : [])]);
    if (until) begins.set(courseId, until.getTime());
  }
  return stays;
}

/**
 * Tells which of these events people did as members of their courses (E-13): also who is none any more when they arrive, and not what was done while
 * somebody was out who is in again. Asks nothing where somebody is in and it happened just now: that is what devices with a network send.
 */
export async function tellMembers(sql: Sql, actor: Actor, { happenings, receivedAt }: { happenings: readonly Happening[]; receivedAt: number }): Promise<(happening: Happening) => boolean> {
  const isPlain = ({ event, happenedAt }: Happening): boolean => actor.courses.has(event.courseId) && happenedAt >= receivedAt - MARGIN_MS;
  const asked = [...new Set(happenings.flatMap((happening) => (isPlain(happening) ? [] : [happening.event.courseId])))];
  const stays = asked.length === 0 ? new Map<string, Stay[]>() : await readStays(sql, actor.userId, asked);
  return (happening) => {
    if (isPlain(happening)) return true;
    const { event: { courseId }, happenedAt } = happening;
    return stays.get(courseId)?.some(({ from, until }) => happenedAt >= from - MARGIN_MS && happenedAt <= until + MARGIN_MS) ?? actor.courses.has(courseId);
  };
}
