import type { CourseFigures, FiguresQuery } from "../reports/course-figures.ts";
import type { SealedBatch } from "./row.ts";

/** Why nothing can be counted or asked at the moment. */
export type AnalyticsState =
  | { readonly kind: "ready" }
  /** Starting, or away: the same question later may be answered. */
  | { readonly kind: "away"; readonly reason: string }
  /** There is no engine on this machine. Events wait in Postgres until there is one. */
  | { readonly kind: "none"; readonly reason: string };

/** What the server asks of the store of activity. */
export interface Analytics {
  state(): AnalyticsState;
  /** Called whenever the state changes. Returns how to stop listening. */
  onChange(listener: (state: AnalyticsState) => void): () => void;
  /** Counts the rows of a batch exactly once, however often it is called with the same batch. Rejects when the store is away. */
  ingest(batch: SealedBatch): Promise<void>;
  /** Rejects with CodedError `unavailable` or `reports_unavailable` when the store is away or absent. */
  courseFigures(query: FiguresQuery): Promise<CourseFigures>;
  stop(): Promise<void>;
}
