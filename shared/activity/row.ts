/**
 * What of an accepted event goes from Postgres to ClickHouse: ids and figures only, never a name or an address of a person. In the order
 * in which they stand on a line; the names are those of ClickHouse's table.
 */
export const EVENT_COLUMNS = [
  "event_id", "course_id", "day", "user_id", "item_id", "verb", "lang", "visit", "part", "duration_ms", "device_at_ms", "happened_at", "received_at", "clock_jump",
  "stream_id", "stream_seq",
] as const;

/** A batch whose rows and their order never change: inserted once however often it is sent. */
export interface SealedBatch {
  /** The deduplication token. */
  readonly id: string;
  /** An event a line, its columns parted by tabs, `\N` for null: as Postgres writes them and ClickHouse reads them, with nothing in between. */
  readonly lines: string;
}
