/** What the analytics part says to the program's log. No names, no e-mail addresses: ids only. */
export interface AnalyticsLog {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
}
