import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Route } from "./route.ts";

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
/** One packet: less does not get faster. It also keeps answers that hold a token out of compression (BREACH). */
const COMPRESSED_BYTES_MIN = 1_400;
/** Half the time of gzip 6 for the same size; higher levels cost a phone more waiting than they save. */
const BROTLI_QUALITY = 4;

const accepts = (request: Request, encoding: string): boolean =>
  (request.headers.get("accept-encoding") ?? "").split(",").some((part) => part.trim().split(";")[0] === encoding && !/;\s*q=0(\.0*)?$/.test(part));

/** `value` as JSON, compressed where it pays and the other side takes it; nothing at all becomes 204. */
export async function jsonAnswer(request: Request, value: unknown, { headersOf, textOf = JSON.stringify }: Pick<Route, "headersOf" | "textOf"> = {}): Promise<Response> {
  const more = headersOf?.(value) ?? {};
  if (value === undefined) return new Response(null, { status: 204, headers: more });
  const body = Buffer.from(textOf(value));
  const headers = { ...more, "content-type": "application/json", vary: "Accept-Encoding" };
  if (body.byteLength < COMPRESSED_BYTES_MIN) return new Response(body, { headers });
  if (accepts(request, "br")) {
    const packed = await brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
    return new Response(packed, { headers: { ...headers, "content-encoding": "br" } });
  }
  if (accepts(request, "gzip")) return new Response(await zip(body), { headers: { ...headers, "content-encoding": "gzip" } });
  return new Response(body, { headers });
}
