import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import type { Sql } from "../db/database.ts";

const DAY_MS = 86_400_000;

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

type Person = CourseActivity["people"][number];

/** Who is in the course now, with the name that everybody in it sees. */
async function readMembers(sql: Sql, courseId: string): Promise<{ userId: string; name: string }[]> {
  return sql<{ userId: string; name: string }[]>`
    select body->>'userId' as "userId", body->>'name' as name from doc_members
    where course_id = ${courseId} and not deleted and body->>'state' = 'active' order by name, "userId"`;
}

export interface CourseActivityQuestion {
  readonly courseId: string;
  /** Today and the days before it, UTC. */
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Accepted events of the course that the figures may lack. */
  readonly waiting: number;
}

/**
 * The report of one course: figures of the store of activity, names of Postgres. Members who were never seen are listed too; people who
 * left are counted in the days and items, and not listed. Throws CodedError `unavailable` or `reports_unavailable`.
 */
export async function courseActivity({ sql, analytics }: { sql: Sql; analytics: Pick<Analytics, "courseFigures"> }, question: CourseActivityQuestion): Promise<CourseActivity> {
  const { courseId, days, now, waiting } = question;
  const [figures, members] = await Promise.all([
    analytics.courseFigures({ courseId, fromDay: dayOf(now - (days - 1) * DAY_MS), toDay: dayOf(now) }),
    readMembers(sql, courseId),
  ]);
  const seen = new Map(figures.people.map((person) => [person.userId, person]));
  const people = members.map(
    ({ userId, name }): Person => ({ ...(seen.get(userId) ?? { userId, lastSeenAt: null, events: 0, seconds: 0, completed: 0 }), name }),
  );
  return { asOf: figures.asOf, waiting, days: [...figures.days], people, items: [...figures.items] };
}
