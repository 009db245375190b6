import type { CourseActivity } from "./course-activity.ts";

/** Days are ISO dates in UTC, both included. */
export interface FiguresQuery {
  readonly courseId: string;
  readonly fromDay: string;
  readonly toDay: string;
  /** Whose activity is no study: staff and observers. Everybody else is counted in days, people and items. */
  readonly notStudents: readonly string[];
}

/** A course's figures as the store of activity has them: ids only. The server joins the names. */
export interface CourseFigures {
  /** When the newest counted event of the course was received; null: none ever. Milliseconds since 1970. */
  readonly asOf: number | null;
  /** Over everybody, whatever their role, in the period: what the store holds of the course. */
  readonly counted: CourseActivity["counted"];
  readonly days: CourseActivity["days"];
  /** Every student who was ever seen in the course; the sums are those of the period. */
  readonly people: readonly Omit<CourseActivity["people"][number], "name">[];
  readonly items: CourseActivity["items"];
}
