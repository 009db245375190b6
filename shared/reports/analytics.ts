import type { ActivityStore } from "../activity/activity-store.ts";
import type { PersonEvent } from "../activity/person-event.ts";
import type { CourseFigures, FiguresQuery } from "./course-figures.ts";

/** What the server asks of the store of activity: to count, and to say what was counted. */
export interface Analytics extends ActivityStore {
  /** Rejects with CodedError `unavailable` or `reports_unavailable` when the store is away or absent. */
  courseFigures(query: FiguresQuery): Promise<CourseFigures>;
  /** What was counted of one person in these courses, oldest first, in portions. Rejects as `courseFigures`. */
  personEvents(query: { readonly userId: string; readonly courseIds: readonly string[] }): AsyncIterable<readonly PersonEvent[]>;
  stop(): Promise<void>;
}
