import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";

// Apart from the answer: an app that reads answers need not load what reads questions.

/** GET /api/reports/course-activity?courseId=…&days=28: for the staff of the course. */
export const CourseActivityQuery = z.strictObject({
  courseId: Uuid,
  days: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(400)), 28),
});
