import { createGunzip } from "node:zlib";
import { Readable } from "node:stream";
import { CodedError } from "@mochila/shared/errors.ts";
import { REQUEST_BYTES_MAX } from "@mochila/shared/limits.ts";

/** Deeper than any document of ours; parsers and validators walk a value by recursion. */
const JSON_DEPTH_MAX = 64;

/**
 * Reads a JSON body, plain or gzip. Bounded three times before anything is parsed: the declared length, the bytes that come, the
 * bytes after unpacking. `weigh` may refuse those last ones. Throws `too_large`, `wrong_type`, `invalid_input`.
 */
export async function readJson(request: Request, bytesMax = REQUEST_BYTES_MAX, weigh: (bytes: number) => Promise<void> = () => Promise.resolve()): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new CodedError("wrong_type", "The body must be application/json.");
  const bytes = await readBytes(request, bytesMax);
  await weigh(bytes.byteLength);
  return parseJson(new TextDecoder().decode(bytes));
}

/** The bytes of a body, at most `bytesMax` of them, unpacked where the request says gzip. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") throw new CodedError("wrong_type", "The body may be plain or gzip.");
  const sent = await gather(request.body ?? new ReadableStream({ start: (stream) => stream.close() }), bytesMax).catch((error: unknown) => {
    // Who sends it has gone, or it is no body at all: its codes are those of a lost connection, which elsewhere mean the database's.
    throw error instanceof CodedError ? error : new CodedError("invalid_input", "The body did not come whole.");
  });
  return encoding === "gzip" ? unpack(sent, bytesMax) : sent;
}

const tooLarge = (bytesMax: number): CodedError => new CodedError("too_large", `The body is larger than ${bytesMax} bytes.`, { details: { bytesMax } });

/** Leaving the loop early cancels the stream, so that the rest of a body that is too large is not read. */
async function gather(chunks: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

async function unpack(packed: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await gather(Readable.from([packed]).pipe(createGunzip()), bytesMax);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError("invalid_input", "The body is not whole gzip data.");
  }
}

/** Parses untrusted JSON: bounded in depth before parsing, and without the key that reaches the prototype of objects. Throws `invalid_input`. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > JSON_DEPTH_MAX) throw new CodedError("invalid_input", `The JSON is nested deeper than ${JSON_DEPTH_MAX}.`);
  // The slow way through a reviver only where the key may stand, also in its escaped form.
  const suspicious = /__proto__|\\u00/i.test(text);
  try {
    return JSON.parse(text, suspicious ? refusePrototype : undefined) as unknown;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError("invalid_input", "The body is not JSON.");
  }
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new CodedError("invalid_input", "The key __proto__ is refused.");
  return value;
}

/** The deepest nesting of brackets outside strings; stops counting past the bound. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length && deepest <= JSON_DEPTH_MAX; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x5b || character === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return deepest;
}
