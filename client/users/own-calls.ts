import { CodedError, isErrorCode } from "@mochila/shared/errors.ts";
import { usePerson } from "../person.ts";
import { readError } from "../sync/request.ts";
import { call } from "./account-call.ts";

/** Asks the school in this person's name. Throws CodedError: the server's code, or `unavailable` without network or session. */
export function useAsk(): (path: string, method?: "GET" | "POST" | "PATCH" | "DELETE", body?: unknown) => Promise<Response> {
  const { accessToken } = usePerson();
  return async (path, method = "GET", body) => {
    const token = await accessToken({ renew: false });
    if (token === null) throw new CodedError("unavailable", "no session");
    const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) };
    const answer = await call(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }).catch(() => {
      throw new CodedError("unavailable", "no network");
    });
    if (answer.ok) return answer;
    const { code, message, details } = await readError(answer);
    throw new CodedError(isErrorCode(code) ? code : "unavailable", message, { details });
  };
}
