import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { EVENT_BATCH_BYTES_MAX } from "@mochila/shared/limits.ts";
import { parseJson } from "../http/request-body.ts";

const inflate = promisify(gunzip);

/** Ends reading at the bound, whatever the length header says. */
async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > EVENT_BATCH_BYTES_MAX) throw new CodedError("too_large", `a batch has at most ${EVENT_BATCH_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The bound holds for what comes out: a small bomb must not become a large one. */
async function unpack(bytes: Buffer, encoding: string | null): Promise<Buffer> {
  if (encoding === null || encoding === "identity") return bytes;
  if (encoding !== "gzip") throw new CodedError("wrong_type", "a batch is plain or gzip");
  try {
    return await inflate(bytes, { maxOutputLength: EVENT_BATCH_BYTES_MAX });
  } catch (error) {
    if (error instanceof RangeError) throw new CodedError("too_large", `a batch has at most ${EVENT_BATCH_BYTES_MAX} bytes unpacked`);
    throw new CodedError("invalid_input", "the body is not gzip");
  }
}

/** One batch of events from a request, plain or gzip. Throws CodedError `too_large`, `wrong_type`, `invalid_input`. */
export async function readBatch(request: Request): Promise<EventBatch> {
  const unpacked = await unpack(await readBounded(request.body), request.headers.get("content-encoding"));
  const batch = EventBatch.safeParse(parseJson(unpacked.toString("utf8")));
  if (!batch.success) throw new CodedError("invalid_input", "not a batch of events", { details: { issues: batch.error.issues.slice(0, 5).map(({ path, message }) => ({ path, message })) } });
  return batch.data;
}
