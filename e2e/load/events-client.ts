import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import type { PersonOverHttp } from "../browser/person.ts";

/** What a device that was offline sends: full batches of one stream. */
export function makeBatches(count: number, courseId: string): EventBatch[] {
  const [stream, boot, visit, itemId] = [newId(), newId(), newId(), newId()];
  const from = Date.now() - count * EVENTS_PER_BATCH_MAX * 10;
  const event = (seq: number): ActivityEvent => ({ seq, id: newId(), verb: "page.viewed", courseId, itemId, lang: "en", visit, at: from + seq * 10, monotonicMs: seq * 10, boot, seconds: 0.01 });
  return Array.from({ length: count }, (_, index) => ({
    stream, sentAt: Date.now(), events: Array.from({ length: EVENTS_PER_BATCH_MAX }, (__, place) => event(index * EVENTS_PER_BATCH_MAX + place + 1)),
  }));
}

/** Sends one batch and makes sure that every event was taken. */
export async function sendBatch(url: string, { token }: PersonOverHttp, { body, last }: { body: string; last: number }): Promise<void> {
  const answer = await fetch(`${url}/api/events`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body });
  const { accepted, refused } = (await answer.json()) as { accepted?: number; refused?: unknown[] };
  if (accepted !== last || refused?.length !== 0) throw new Error(`a batch was not taken: ${answer.status}`);
}

const COLUMNS = "event_id, user_id, stream_id, stream_seq, course_id, item_id, verb, lang, visit, duration_ms, device_at_ms, happened_at, clock_jump, received_at";

export const makeBareTable = ({ sql }: Database) => sql`create table bare_event (like event_raw including all)`;

/** The lines of a COPY with the rows that this batch becomes. */
export function copyLines({ stream, events }: EventBatch, userId: string): string {
  const receivedAt = new Date().toISOString();
  const lines = (events as ActivityEvent[]).map(({ id, seq, courseId, itemId, verb, lang, visit, seconds = 0, at }) =>
    [id, userId, stream, seq, courseId, itemId, verb, lang, visit, Math.round(seconds * 1_000), at, new Date(at).toISOString(), "f", receivedAt].join("\t"),
  );
  return `${lines.join("\n")}\n`;
}

/** Durable when it resolves: a statement by itself is a transaction. */
export async function copyBare({ sql }: Database, lines: string): Promise<void> {
  const copy = await sql.unsafe(`copy bare_event (${COLUMNS}) from stdin`).writable();
  await new Promise<void>((resolve, reject) => copy.once("error", reject).once("finish", resolve).end(lines));
}
