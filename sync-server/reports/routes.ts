import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import { isStaff } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import { CourseActivityQuery } from "@mochila/shared/reports/course-activity-query.ts";
import { countWaiting } from "../activity/sealed-batches.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { courseActivity } from "./course-activity.ts";

export interface ReportsDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly analytics: Pick<Analytics, "courseFigures">;
}

export const reportsRoutes = ({ database, clock, analytics }: ReportsDependencies): Route[] => [
  route({
    method: "GET",
    path: "/api/reports/course-activity",
    access: "person",
    acting: "allowed",
    summary: "Activity of a course by day, person and item, for its staff.",
    query: CourseActivityQuery,
    answer: CourseActivity,
    handle: async ({ actor, query }) => {
      // Before anything is looked up: the same answer for a course that does not exist.
      if (!actor || !isStaff(actor, query.courseId)) throw new CodedError("forbidden", "this report is for the staff of the course");
      // Counted before the figures are read: an event that is counted in between is told twice, never missed in both.
      const waiting = await countWaiting(database.sql, query.courseId);
      return courseActivity({ sql: database.sql, analytics }, { ...query, now: clock.now(), waiting });
    },
  }),
];
