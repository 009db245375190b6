import { CodedError } from "@mochila/shared/errors.ts";

/** Throws `invalid_input` for a time zone that this server does not know. */
export function checkTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat("en", { timeZone }).resolvedOptions();
  } catch {
    throw new CodedError("invalid_input", "There is no such time zone.", { details: { field: "timeZone" } });
  }
}
