import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { UploadLength, UploadMetadata } from "@mochila/shared/files/file.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { FILE_BYTES_MAX, FILE_CHUNK_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Database } from "../db/database.ts";
import { readBytes } from "../http/request-body.ts";
import { route, type Route, type RouteRequest } from "../http/route.ts";
import type { BlobStore } from "./blob-store.ts";
import { findFace, findFile, mayRead, maySeeFace } from "./file-reference.ts";
import { appendPart, createUpload, noUpload, uploadState, type UploadState } from "./uploads.ts";

export interface FileDeps {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

const TUS = { "tus-resumable": "1.0.0", "cache-control": "no-store" };
/** What does not exist and what is not allowed look the same. */
const notFound = (): CodedError => new CodedError("not_found", "There is no such file.");
/** An SVG may hold style of its own; nothing else may load or run. The app reads a file by script; a browser that got here all the same saves it, and shows it without an origin. */
const FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

type FileRequest = RouteRequest<unknown, unknown>;

function actorOf({ actor }: FileRequest): Actor {
  assert(actor, "the route is for persons");
  return actor;
}

/** RFC 6266: plain letters for old readers, the whole name for others. */
function disposition(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/[^\x20-\x7e]/gu, "").replaceAll(/["\\%;]/gu, "_");
  const whole = encodeURIComponent(name).replaceAll(/['()*]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** What stands under a reference, for this person: a file of a course or somebody's face. Null: neither, or not for them. */
async function findReadable({ database: { sql } }: FileDeps, actor: Actor, id: string) {
  if (!isUuid(id)) return null;
  const file = await findFile(sql, id);
  if (file) return (await mayRead(sql, actor, file)) ? file : null;
  const face = await findFace(sql, id);
  return face && (await maySeeFace(sql, actor, face)) ? { ...face, name: "picture" } : null;
}

async function readFile(deps: FileDeps, request: FileRequest): Promise<Response> {
  const { blobs } = deps;
  const file = await findReadable(deps, actorOf(request), request.params["id"] ?? "");
  if (!file) throw notFound();
  const headers = {
    "content-type": file.type,
    "content-disposition": disposition(file.name),
    "content-security-policy": FILE_POLICY,
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    // A reference never changes what it names; a person who loses the course loses the file with its rows.
    etag: `"${file.id}"`,
    "cache-control": "private, max-age=31536000, immutable",
    vary: "authorization",
  };
  if (request.context.req.header("if-none-match") === headers.etag) return new Response(null, { status: 304, headers });
  const bytes = await blobs.get(file.hash);
  if (!bytes) throw new CodedError("unavailable", "The file is damaged or away on the server; whoever runs it can restore it.", { retryAfterMs: 60_000 });
  return new Response(new Uint8Array(bytes), { headers: { ...headers, "content-length": String(bytes.length) } });
}

function wholeNumber(text: string | undefined, name: string): number {
  if (text === undefined || !/^\d{1,12}$/u.test(text)) throw new CodedError("invalid_input", `The header ${name} is a whole number of bytes.`);
  return Number(text);
}

/** `id <base64>,name <base64>,…` of tus 1.0 as an object. Throws `invalid_input`. */
function parseMetadata(header: string | undefined): UploadMetadata {
  const pairs = (header ?? "").split(",").map((pair) => pair.trim().split(" "));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let values: Record<string, string>;
  try {
    values = Object.fromEntries(pairs.map(([key = "", value = ""]) => [key, decoder.decode(Buffer.from(value, "base64"))]));
  } catch {
    throw new CodedError("invalid_input", "The header Upload-Metadata is not UTF-8 in Base64.");
  }
  const parsed = UploadMetadata.safeParse(values);
  if (!parsed.success) throw new CodedError("invalid_input", "The header Upload-Metadata does not say what a file needs.", { details: { field: parsed.error.issues[0]?.path.join(".") ?? "" } });
  return parsed.data;
}

function checkVersion({ context }: FileRequest): void {
  if (context.req.header("tus-resumable") !== "1.0.0") throw new CodedError("invalid_input", "The header Tus-Resumable must be 1.0.0.");
}

function stateHeaders(state: UploadState): Record<string, string> {
  const expires = state.expiresAt === null ? {} : { "upload-expires": new Date(state.expiresAt).toUTCString() };
  return { ...TUS, ...expires, "upload-offset": String(state.offset), "upload-length": String(state.length) };
}

async function create(deps: FileDeps, request: FileRequest): Promise<Response> {
  checkVersion(request);
  const { context } = request;
  const length = wholeNumber(context.req.header("upload-length"), "Upload-Length");
  if (length > FILE_BYTES_MAX) throw new CodedError("too_large", `A file has at most ${FILE_BYTES_MAX} bytes.`, { details: { bytesMax: FILE_BYTES_MAX } });
  if (!UploadLength.safeParse(length).success) throw new CodedError("invalid_input", "A file has at least one byte.");
  const metadata = parseMetadata(context.req.header("upload-metadata"));
  const state = await createUpload(deps, actorOf(request), { metadata, length });
  return new Response(null, { status: 201, headers: { ...stateHeaders(state), location: `/api/files/${state.id}` } });
}

async function progressOf(deps: FileDeps, request: FileRequest): Promise<Response> {
  checkVersion(request);
  const { id = "" } = request.params;
  if (!isUuid(id)) throw noUpload();
  return new Response(null, { status: 200, headers: stateHeaders(await uploadState(deps, actorOf(request), id)) });
}

async function append(deps: FileDeps, request: FileRequest): Promise<Response> {
  checkVersion(request);
  const { context } = request;
  const { id = "" } = request.params;
  if (!isUuid(id)) throw noUpload();
  if (context.req.header("content-type") !== "application/offset+octet-stream") throw new CodedError("wrong_type", "A part is application/offset+octet-stream.");
  const offset = wholeNumber(context.req.header("upload-offset"), "Upload-Offset");
  const bytes = await readBytes(context.req.raw, FILE_CHUNK_BYTES_MAX);
  const { offset: reached, expiresAt } = await appendPart(deps, actorOf(request), { id, offset, bytes });
  const expires = expiresAt === null ? {} : { "upload-expires": new Date(expiresAt).toUTCString() };
  return new Response(null, { status: 204, headers: { ...TUS, ...expires, "upload-offset": String(reached) } });
}

/** A course has many pictures, and a device that keeps it asks for all of them at once. */
const READS_PER_MINUTE_MAX = 1_200;

/** Reading by reference and resumable uploads (tus 1.0: core, creation, expiration). */
export function fileRoutes(deps: FileDeps): Route[] {
  return [
    route({ method: "GET", path: "/api/files/:id", access: "person", acting: "allowed", summary: "One file of a course, by its reference", perMinuteMax: READS_PER_MINUTE_MAX, handle: (request) => readFile(deps, request) }),
    route({ method: "POST", path: "/api/files", access: "person", summary: "Begin an upload (tus 1.0)", reads: "raw", handle: (request) => create(deps, request) }),
    route({ method: "HEAD", path: "/api/files/:id", access: "person", summary: "How far an upload is (tus 1.0)", handle: (request) => progressOf(deps, request) }),
    route({ method: "PATCH", path: "/api/files/:id", access: "person", summary: "Go on with an upload (tus 1.0)", reads: "raw", bytesMax: FILE_CHUNK_BYTES_MAX, perMinuteMax: READS_PER_MINUTE_MAX, handle: (request) => append(deps, request) }),
  ];
}
