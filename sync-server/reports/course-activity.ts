import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import type { Sql } from "../db/database.ts";

const DAY_MS = 86_400_000;

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

type Person = CourseActivity["people"][number];

/** A course has few people who do not study. They travel with each question, which has room for about 25,000. */
const NOT_STUDENTS_MAX = 5_000;

/** Who studies in the course now, with the name that everybody in it sees. */
async function readStudents(sql: Sql, courseId: string): Promise<{ userId: string; name: string }[]> {
  return sql<{ userId: string; name: string }[]>`
    select body->>'userId' as "userId", body->>'name' as name from doc_members
    where course_id = ${courseId} and not deleted and body->>'state' = 'active' and body->>'role' = 'student' order by name, "userId"`;
}

/** Staff and observers, also those who left: what they opened was never study. */
async function readNotStudents(sql: Sql, courseId: string): Promise<string[]> {
  const rows = await sql<{ userId: string }[]>`
    select body->>'userId' as "userId" from doc_members
    where course_id = ${courseId} and not deleted and body->>'role' <> 'student' order by body->>'role' = 'observer', id limit ${NOT_STUDENTS_MAX}`;
  return rows.map(({ userId }) => userId);
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
 * The report of one course: figures of the store of activity, names and roles of Postgres. It is about students: those who were never seen
 * are listed too; those who left are counted in the days and items, and not listed. Throws CodedError `unavailable` or `reports_unavailable`.
 */
export async function courseActivity({ sql, analytics }: { sql: Sql; analytics: Pick<Analytics, "courseFigures"> }, question: CourseActivityQuestion): Promise<CourseActivity> {
  const { courseId, days, now, waiting } = question;
  const [students, notStudents] = await Promise.all([readStudents(sql, courseId), readNotStudents(sql, courseId)]);
  const figures = await analytics.courseFigures({ courseId, fromDay: dayOf(now - (days - 1) * DAY_MS), toDay: dayOf(now), notStudents });
  const seen = new Map(figures.people.map((person) => [person.userId, person]));
  const people = students.map(
    ({ userId, name }): Person => ({ ...(seen.get(userId) ?? { userId, lastSeenAt: null, events: 0, seconds: 0, completed: 0 }), name }),
  );
  return { asOf: figures.asOf, waiting, counted: figures.counted, days: [...figures.days], people, items: [...figures.items] };
}
