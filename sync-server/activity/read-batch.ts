import { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { EVENT_BATCH_BYTES_MAX } from "@mochila/shared/limits.ts";
import { parseJson, readBytes } from "../http/request-body.ts";

/** One batch of events from a request, plain or gzip; an app that is closed may send it without a type. Throws CodedError `too_large`, `wrong_type`, `invalid_input`. */
export async function readBatch(request: Request): Promise<EventBatch> {
  const bytes = await readBytes(request, EVENT_BATCH_BYTES_MAX);
  const batch = EventBatch.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (batch.success) return batch.data;
  // Where the faults are, never what was sent.
  const issues = batch.error.issues.slice(0, 5).map(({ path, code }) => ({ path: path.map(String), problem: code }));
  throw new CodedError("invalid_input", "not a batch of events", { details: { issues } });
}
