import * as z from "zod/mini";
import { Instant, Uuid } from "../kernel/schema.ts";

/** Answer of GET /api/reports/course-activity. Days are ISO dates in UTC. */
export const CourseActivity = z.object({
  /** Events accepted but not yet counted here, and when the newest counted one was received. The age of the data. */
  asOf: z.nullable(Instant),
  waiting: z.int(),
  /** Events of everybody in the period, staff too: with it one can check that nothing is missing. All below is about students alone. */
  counted: z.object({ events: z.int() }),
  days: z.array(z.object({ day: z.string(), events: z.int(), people: z.int(), seconds: z.number(), completed: z.int() })),
  people: z.array(
    z.object({ userId: Uuid, name: z.string(), lastSeenAt: z.nullable(Instant), events: z.int(), seconds: z.number(), completed: z.int() }),
  ),
  items: z.array(z.object({ itemId: Uuid, seconds: z.number(), people: z.int(), opened: z.int(), completed: z.int(), solutions: z.int() })),
});
export type CourseActivity = z.infer<typeof CourseActivity>;
