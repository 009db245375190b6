/** The names of every way to fail; what each means, and its HTTP status, in `error-causes.ts`, which no device needs. */
const errorCodes = [
  "invalid_input", "unknown_setting", "not_signed_in", "wrong_credentials", "email_unverified", "account_suspended", "session_ended", "forbidden", "wrong_origin",
  "not_found", "method_not_allowed", "epoch_changed", "event_gap", "upload_offset", "stream_forked", "too_large", "wrong_type", "client_too_old",
  "too_many_requests", "internal", "unavailable", "reports_unavailable", "row_invalid", "row_forbidden", "row_removed", "row_deletion",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export const isErrorCode = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code);

/** A failure that the other side is told. Anything else thrown becomes `internal` and tells nothing. */
export class CodedError extends Error {
  override name = "CodedError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly more: { details?: Record<string, unknown>; retryAfterMs?: number } = {},
  ) {
    super(message);
  }
}
