import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { EVENT_BATCH_BYTES_MAX } from "@mochila/shared/limits.ts";
import { readBatch } from "./read-batch.ts";
import { batchOf, events } from "./test-batches.ts";

const request = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
  new Request("http://localhost/api/events", { method: "POST", body: typeof body === "string" ? body : Buffer.from(body), headers });
const codeOf = (sent: Request) => readBatch(sent).then(() => "taken", (error: CodedError) => error.code);
const batch = batchOf(newId(), events(500, { courseId: newId(), itemId: newId(), visit: newId(), lang: "es" }).map((event) => ({ ...event })));
const json = JSON.stringify(batch);

test("E-06 500 events in gzip are read as they were", { timeout: 60_000 }, async () => {
  expect(json.length).toBeLessThan(EVENT_BATCH_BYTES_MAX);
  expect(await readBatch(request(gzipSync(json), { "content-encoding": "gzip" }))).toEqual(batch);
  expect(await readBatch(request(json))).toEqual(batch);
});

test("E-06 too much, packed or unpacked, stops at the bound", { timeout: 60_000 }, async () => {
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, 32));
  expect(bomb.length).toBeLessThan(EVENT_BATCH_BYTES_MAX);
  expect(await codeOf(request(bomb, { "content-encoding": "gzip" }))).toBe("too_large");
  expect(await codeOf(request(" ".repeat(EVENT_BATCH_BYTES_MAX + 1)))).toBe("too_large");
});

test("E-06 what is not a batch is refused with a code", { timeout: 60_000 }, async () => {
  expect(await codeOf(request("not gzip", { "content-encoding": "gzip" }))).toBe("invalid_input");
  expect(await codeOf(request(json, { "content-encoding": "br" }))).toBe("wrong_type");
  expect(await codeOf(request("{"))).toBe("invalid_input");
  expect(await codeOf(request(""))).toBe("invalid_input");
  // Walked by recursion later on: a fault of the server, and the device would send it again for ever.
  expect(await codeOf(request(json.replace('"seq":1,', `"seq":1,"x":${"[".repeat(50_000)}${"]".repeat(50_000)},`)))).toBe("invalid_input");
  expect(await codeOf(request(JSON.stringify({ ...batch, events: [] })))).toBe("invalid_input");
  expect(await codeOf(request(JSON.stringify({ ...batch, events: [...batch.events, batch.events[0]] })))).toBe("invalid_input");
});
