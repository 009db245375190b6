import type { Member } from "@mochila/shared/courses/member.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Transaction } from "../db/database.ts";
import type { CourseDeps } from "./course-deps.ts";
import { lockEntry } from "./entry.ts";
import { takeOut } from "./place.ts";
import { fillSeats } from "./waiting.ts";

/** One look; the next one finds what is left. */
const AT_ONCE_MAX = 500;

/**
 * Takes out of their courses everybody whose end has come, each in a transaction of its own; who waits gets the seat. Rights have ended by themselves before
 * (`isInCourse`): this removes the course from devices. Safe to repeat and to interrupt.
 */
export async function endPlaces(deps: CourseDeps): Promise<void> {
  const now = deps.clock.now();
  const ended = await deps.database.sql<{ course: string; owner: string }[]>`
    select course_id as course, owner_id as owner from doc_members
    where body ->> 'state' = 'active' and (body ->> 'endsAt')::bigint <= ${now} and not deleted order by (body ->> 'endsAt')::bigint limit ${AT_ONCE_MAX}`;
  for (const { course, owner } of ended) {
    deps.hints.publish(await deps.database.transaction((transaction) => endPlace(transaction, deps, { courseId: course, userId: owner, now })));
    deps.onLetter();
  }
}

async function endPlace(transaction: Transaction, deps: CourseDeps, { courseId, userId, now }: { courseId: string; userId: string; now: number }): Promise<Scope[]> {
  await lockEntry(transaction, courseId);
  // Staff may have given them a later end meanwhile.
  const [member] = await transaction<{ ends: Member["endsAt"] | null }[]>`
    select (body ->> 'endsAt')::float8 as ends from doc_members where course_id = ${courseId} and owner_id = ${userId} and not deleted for update`;
  if (typeof member?.ends !== "number" || member.ends > now) return [];
  const scopes = await takeOut(transaction, deps, { courseId, userId, by: { userId: null } }, "member.ended");
  return [...(scopes ?? []), ...(await fillSeats(transaction, deps, courseId))];
}
