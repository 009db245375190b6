import type { SealedBatch } from "./row.ts";

/** Why nothing can be counted or asked at the moment. */
export type AnalyticsState =
  | { readonly kind: "ready" }
  /** Starting, or away: the same question later may be answered. */
  | { readonly kind: "away"; readonly reason: string }
  /** There is no engine on this machine. Events wait in Postgres until there is one. */
  | { readonly kind: "none"; readonly reason: string };

/** Where events are counted, as the forwarder knows it. */
export interface ActivityStore {
  state(): AnalyticsState;
  /** Called whenever the state changes. Returns how to stop listening. */
  onChange(listener: (state: AnalyticsState) => void): () => void;
  /** Counts the rows of a batch exactly once, however often it is called with the same batch. Rejects when the store is away. */
  ingest(batch: SealedBatch): Promise<void>;
  /**
   * Counts anew from the beginning: what was counted is kept aside under `name` (letters and digits), and of it what was received before `before`, milliseconds since 1970, is counted again.
   * The same call goes on after a kill. Rejects when the store is away.
   */
  startAnew(from: { readonly name: string; readonly before: number }): Promise<void>;
}
