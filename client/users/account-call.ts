import { CodedError, isErrorCode } from "@mochila/shared/errors.ts";
import { readError } from "../sync/request.ts";

/** What the server's cookie routes ask for, so that another site cannot call them. */
export const COOKIE_HEADERS = { "x-lms": "1" } as const;
/** A connection that is dead without saying so must hold neither a person nor the lock of all tabs. */
const CALL_MS_MAX = 30_000;

export const call = (path: string, init: RequestInit): Promise<Response> =>
  fetch(path, { signal: AbortSignal.timeout(CALL_MS_MAX), ...init, credentials: "same-origin", cache: "no-store" });

/** Throws what the server said, as a CodedError; `unavailable` without network. */
export async function callOrUnavailable(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await call(path, init);
  } catch {
    throw new CodedError("unavailable", "no network");
  }
  if (answer.ok) return answer;
  const { code, message, details, retryAfterMs } = await readError(answer);
  throw new CodedError(isErrorCode(code) ? code : "unavailable", message, { details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
