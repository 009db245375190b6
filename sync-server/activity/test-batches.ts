// What the tests of this folder send: batches as a device makes them.
import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor, CourseRole } from "@mochila/shared/access/actor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";

export const RECEIVED_AT = Date.UTC(2026, 10, 20, 12);

export const actorIn = (courseId: string, role: CourseRole = "student", userId = newId()): Actor => ({
  userId,
  systemRole: "student",
  courses: new Map([[courseId, role]]),
});

/** Events numbered from `first`, one second apart, the last one just before `at`. */
export function events(count: number, { first = 1, courseId, at = RECEIVED_AT, ...rest }: { first?: number; courseId: string; at?: number } & Partial<ActivityEvent>): ActivityEvent[] {
  const boot = newId();
  return Array.from({ length: count }, (_, index) => ({
    seq: first + index,
    id: newId(),
    verb: "page.opened",
    courseId,
    at: at - (count - index) * 1_000,
    monotonicMs: 10_000 + index * 1_000,
    boot,
    ...rest,
  }));
}

export const batchOf = (stream: string, list: EventBatch["events"], sentAt = RECEIVED_AT): EventBatch => ({ stream, sentAt, events: list });
