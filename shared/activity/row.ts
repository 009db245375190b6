import type { Verb } from "./event.ts";

/**
 * One accepted event on its way from Postgres to ClickHouse: ids and figures only, never a name or an address of a person.
 * Times are milliseconds since 1970.
 */
export interface ActivityRow {
  readonly eventId: string;
  readonly userId: string;
  readonly courseId: string;
  readonly itemId: string | null;
  readonly streamId: string;
  readonly streamSeq: number;
  readonly verb: Verb;
  readonly lang: string | null;
  readonly visit: string | null;
  readonly part: number | null;
  /** Visible time, milliseconds; 0 where the verb has none. */
  readonly durationMs: number;
  /** What the device's clock said, and what the server holds for true. */
  readonly deviceAt: number;
  readonly happenedAt: number;
  readonly receivedAt: number;
  readonly clockJump: boolean;
}

/** A batch whose rows and their order never change: inserted once however often it is sent. */
export interface SealedBatch {
  /** The deduplication token. */
  readonly id: string;
  readonly rows: readonly ActivityRow[];
}
