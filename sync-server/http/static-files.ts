import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import type { Context } from "hono";
import { setPageHeaders } from "./headers.ts";

interface StaticFile {
  readonly path: string;
  readonly type: string;
  readonly tag: string;
  readonly immutable: boolean;
  /** Bytes by content encoding; `identity` is always there. */
  readonly sizes: ReadonlyMap<Encoding, number>;
}

type Encoding = "br" | "gzip" | "identity";
const SUFFIX: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz", identity: "" };

/** Every file of the built client by its address. A closed list: no address can reach another file. */
export interface StaticFiles {
  readonly byAddress: ReadonlyMap<string, StaticFile>;
  readonly secure: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".webp": "image/webp", ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".map": "application/json", ".wasm": "application/wasm",
};

/** Names that Vite makes from the content: such a file never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
const YEAR_SECONDS = 31_536_000;

/**
 * Lists `folder` once, at the start: a build under a running server needs a restart, and until then its new files are not found. A folder
 * that is missing gives an empty list.
 */
export async function readStaticFiles(folder: string, secure: boolean): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = new Map<string, { bytes: number; changed: number }>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    sizes.set(path, { bytes: size, changed: Math.floor(mtimeMs) });
  }
  const byAddress = new Map<string, StaticFile>();
  for (const [path, { bytes, changed }] of sizes) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const address = `/${relative(folder, path).split(sep).join("/")}`;
    const variants = (["br", "gzip"] as const).flatMap((encoding) => {
      const variant = sizes.get(path + SUFFIX[encoding]);
      return variant ? [[encoding, variant.bytes] as const] : [];
    });
    byAddress.set(address, { path, type, tag: `${bytes.toString(36)}-${changed.toString(36)}`, immutable: HASHED.test(address), sizes: new Map([...variants, ["identity", bytes]]) });
  }
  return { byAddress, secure };
}

/** A file of the client; for a person's navigation to any other address the app itself, which knows its own addresses. */
export function servePage(files: StaticFiles, context: Context): Response {
  const { method, headers } = context.req.raw;
  setPageHeaders(context, files.secure);
  if (method !== "GET" && method !== "HEAD") return context.text("method not allowed", 405, { allow: "GET, HEAD" });
  const file = files.byAddress.get(context.req.path) ?? (isNavigation(context) ? files.byAddress.get("/index.html") : undefined);
  if (!file) return context.text(files.byAddress.size === 0 ? "The app is not built; npm start builds it." : "not found", files.byAddress.size === 0 ? 503 : 404);
  const encoding = (["br", "gzip"] as const).find((name) => file.sizes.has(name) && acceptsEncoding(headers, name)) ?? "identity";
  const tag = `"${file.tag}-${encoding}"`;
  context.header("etag", tag);
  context.header("vary", "Accept-Encoding");
  context.header("cache-control", file.immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache");
  if (headers.get("if-none-match")?.split(",").some((given) => given.trim().replace(/^W\//, "") === tag)) return context.body(null, 304);
  context.header("content-type", file.type);
  context.header("content-length", String(file.sizes.get(encoding)));
  if (encoding !== "identity") context.header("content-encoding", encoding);
  if (method === "HEAD") return context.body(null);
  return context.body(Readable.toWeb(createReadStream(file.path + SUFFIX[encoding])) as ReadableStream);
}

const acceptsEncoding = (headers: Headers, name: string): boolean =>
  (headers.get("accept-encoding") ?? "").split(",").some((part) => part.trim().split(";")[0] === name);

/** An address with a file's ending asks for a file: a missing script must not be answered with a page. */
function isNavigation(context: Context): boolean {
  if (context.req.path === "/") return true;
  if (/\.\w+$/.test(context.req.path)) return false;
  const { headers } = context.req.raw;
  return headers.get("sec-fetch-mode") === "navigate" || (headers.get("accept") ?? "").includes("text/html");
}
