import { CodedError, isErrorCode } from "@mochila/shared/errors.ts";
import { usePerson } from "../person.ts";
import { readError } from "../sync/request.ts";
import { call } from "./account-call.ts";

/** A file travels as it is; everything else as JSON. */
const contentOf = (body: unknown): { readonly type: string; readonly body: BodyInit } =>
  body instanceof Blob ? { type: "application/octet-stream", body } : { type: "application/json", body: JSON.stringify(body) };

/** Asks the school in this person's name; `signal` instead of the usual limit of time, for what may take long. Throws CodedError: the server's code, or `unavailable` without network or session. */
export function useAsk(): (path: string, method?: "GET" | "POST" | "PATCH" | "DELETE", body?: unknown, signal?: AbortSignal) => Promise<Response> {
  const { accessToken, looking } = usePerson();
  return async (path, method = "GET", body, signal) => {
    if (looking && method !== "GET") {
      looking.refuse();
      throw new CodedError("forbidden", "looking only");
    }
    const token = await accessToken({ renew: false });
    if (token === null) throw new CodedError("unavailable", "no session");
    const content = body === undefined ? null : contentOf(body);
    const headers = { authorization: `Bearer ${token}`, ...(content && { "content-type": content.type }) };
    const answer = await call(path, { method, headers, ...(content && { body: content.body }), ...(signal && { signal }) }).catch(() => {
      throw new CodedError("unavailable", "no network");
    });
    if (answer.ok) return answer;
    const { code, message, details } = await readError(answer);
    throw new CodedError(isErrorCode(code) ? code : "unavailable", message, { details });
  };
}
