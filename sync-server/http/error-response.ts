import type { ErrorBody } from "@mochila/shared/error-body.ts";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { CodedError } from "@mochila/shared/errors.ts";

/** Postgres is away, starting, stopping, full, or so busy that a bound of time or a third deadlock ended the work; driver's codes and SQLSTATEs. */
const STORE_AWAY = new Set([
  "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED",
  "57P01", "57P02", "57P03", "53300", "08006", "57014", "25P03", "25P04", "40001", "40P01",
]);
const STORE_AWAY_RETRY_MS = 2_000;

/** NUL and halves of surrogate pairs, which JSON can write and Postgres cannot hold: the sender's fault, not ours. */
const UNSTORABLE_TEXT = new Set(["22021", "22P05", "22P02"]);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** What the other side may know of `error`: its code when it has one, else that the fault is ours and no more. */
export function toCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (STORE_AWAY.has(codeOf(error))) return new CodedError("unavailable", "The database is away for a moment.", { retryAfterMs: STORE_AWAY_RETRY_MS });
  if (UNSTORABLE_TEXT.has(codeOf(error))) return new CodedError("invalid_input", "The request holds text that cannot be stored.");
  return new CodedError("internal", "Something went wrong on the server.");
}

export function errorResponse({ code, message, more }: CodedError): Response {
  const body: ErrorBody = { error: { code, message, ...more } };
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  if (more.retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(more.retryAfterMs / 1_000)));
  return new Response(JSON.stringify(body), { status: errorCauses[code].status, headers });
}
