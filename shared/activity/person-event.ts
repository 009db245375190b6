/** One event as its person gets it back. Times in milliseconds since 1970. */
export interface PersonEvent {
  readonly id: string;
  readonly courseId: string;
  readonly itemId: string | null;
  readonly verb: string;
  readonly lang: string | null;
  readonly durationMs: number;
  readonly happenedAt: number;
  /** When the school got it. */
  readonly receivedAt: number;
}
