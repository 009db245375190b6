import { gzipSync } from "node:zlib";
import type { Seeded } from "../simulation/seeded.ts";
import { fitting, type Known, type Schema } from "./fitting-value.ts";
import { hostileString, hostileValue, mutated } from "./hostile-values.ts";
import type { RawRequest } from "./raw-request.ts";

/** One line of the description of all addresses. */
export interface Address {
  readonly method: string;
  readonly path: string;
  readonly body: Schema | null;
  readonly query: readonly string[];
}

/** What a fuzzed request may draw from. */
export interface Ground {
  readonly host: string;
  readonly addresses: readonly Address[];
  readonly known: Known;
  /** Access tokens of people who are signed in now. */
  readonly tokens: readonly string[];
  /** Real requests to the sync, each a body that was taken once: what is changed in it gets far. */
  readonly syncBodies: readonly { readonly path: string; readonly body: unknown }[];
}

interface Draft {
  method: string;
  path: string;
  headers: string[];
  body: Buffer;
  leaves: boolean;
}

const CHARACTERS_MAX = 60_000;
const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, " ");
const wellFormed = (text: string): string => Buffer.from(text).toString();
const header = (random: Seeded): string => oneLine(Buffer.from(hostileString(random)).toString("latin1")).slice(0, random.chance(0.05) ? 20_000 : 3_000);

/** The same for the same seed: an ordinary request to an address of the table, and up to two things about it that are not ordinary. */
export function hostileRequest(random: Seeded, ground: Ground): RawRequest {
  const draft = ordinary(random, ground);
  for (let count = random.below(3); count > 0; count -= 1) random.pick(abuses)?.(random, draft);
  if (!draft.headers.some((line) => /^(content-length|transfer-encoding):/i.test(line)) && draft.body.length > 0) draft.headers.push(`content-length: ${draft.body.length}`);
  return { line: `${draft.method} ${draft.path} HTTP/1.1`, headers: draft.headers, body: draft.body, leaves: draft.leaves };
}

function ordinary(random: Seeded, { host, addresses, known, tokens, syncBodies }: Ground): Draft {
  const ofSync = random.chance(0.25) ? random.pick(syncBodies) : undefined;
  const address = random.pick(addresses);
  const path = ofSync?.path ?? (address?.path ?? "/").replaceAll(/\{\w+\}/g, () => encodeURIComponent(random.chance(0.7) ? (random.pick(known.ids) ?? "x") : wellFormed(hostileString(random)).slice(0, 500)));
  const query = address && !ofSync && random.chance(0.5) ? `?${address.query.map((name) => `${name}=${encodeURIComponent(random.chance(0.5) ? (random.pick(known.ids) ?? "1") : wellFormed(hostileString(random)).slice(0, 2_000))}`).join("&")}` : "";
  const headers = [`host: ${host}`, `origin: http://${host}`, "connection: close", "x-lms: 1"];
  const token = random.chance(0.9) ? random.pick(tokens) : header(random);
  if (random.chance(0.9)) headers.push(`authorization: Bearer ${token ?? ""}`);
  const schema = address?.body ?? null;
  const method = ofSync ? "POST" : (address?.method ?? "GET");
  const wanted = ofSync?.body ?? (schema && fitting(random, schema, known));
  const body = wanted === null ? "" : JSON.stringify(random.chance(0.7) ? mutated(random, wanted) : wanted);
  if (body !== "") headers.push("content-type: application/json");
  return { method, path: path + query, headers, body: Buffer.from(body), leaves: false };
}

const replaceHeader = (draft: Draft, name: string, ...lines: string[]): void => {
  draft.headers = [...draft.headers.filter((line) => !line.toLowerCase().startsWith(`${name}:`)), ...lines];
};

const deep = (random: Seeded): string => {
  const depth = 60 + random.below(random.chance(0.3) ? 100_000 : 20);
  return random.chance(0.5) ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
};

type Abuse = (random: Seeded, draft: Draft) => void;

const asJson = (text: (random: Seeded) => string): Abuse => (random, draft) => {
  if (draft.method === "GET") draft.method = "POST";
  replaceHeader(draft, "content-type", "content-type: application/json");
  draft.body = Buffer.from(text(random));
};

const bodies: readonly Abuse[] = [
  asJson(deep),
  asJson((random) => JSON.stringify(hostileValue(random))),
  asJson((random) => random.pick(["", "{", "[1,", "nul", '{"a":1,"a":2}', "1e400", "NaN", "\ufeff{}", '"\\ud800"', '{"\\u005f_proto__":{"x":1}}', '{"a":"\\u0000"}', "{}{}", "// x"]) ?? ""),
  asJson((random) => `{"a":"${"x".repeat(random.below(200_000))}`),
  asJson((random) => `[${"1,".repeat(random.below(CHARACTERS_MAX))}1]`),
  asJson((random) => (random.chance(0.05) ? JSON.stringify({ body: "x".repeat(5 * 1_024 * 1_024) }) : "[]")),
  (random, draft) => void (draft.body = Buffer.from(random.bytes(random.below(3_000)))),
  (random, draft) => void (draft.body = draft.body.subarray(0, random.below(draft.body.length + 1))),
];

const encodings: readonly Abuse[] = [
  (random, draft) => {
    const whole = gzipSync(random.chance(0.05) ? Buffer.alloc(40 * 1_024 * 1_024) : draft.body);
    draft.headers.push("content-encoding: gzip");
    draft.body = random.chance(0.5) ? whole : whole.subarray(0, random.below(whole.length + 1));
  },
  (random, draft) => void draft.headers.push(`content-encoding: ${random.pick(["gzip", "br", "deflate", "gzip, gzip", "GZIP ", "x", ""]) ?? ""}`),
  (random, draft) => replaceHeader(draft, "content-type", `content-type: ${random.pick(["text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "", "application/json;".repeat(300), "application/offset+octet-stream"]) ?? ""}`),
  (random, draft) => {
    draft.body = Buffer.from(draft.body.toString(), random.chance(0.5) ? "utf16le" : "latin1");
  },
];

const lengths: readonly Abuse[] = [
  (random, draft) => {
    draft.headers.push(`content-length: ${draft.body.length + 1 + random.below(5_000)}`);
    draft.leaves = true;
  },
  (random, draft) => void draft.headers.push(`content-length: ${random.below(draft.body.length + 1)}`),
  (random, draft) => void draft.headers.push(`content-length: ${random.pick(["-1", "1e3", "0x10", "99999999999999999999", "", "1, 1", "+5", "NaN"]) ?? ""}`),
  (_random, draft) => void draft.headers.push(`content-length: ${draft.body.length}`, "content-length: 3"),
  (_random, draft) => void draft.headers.push(`content-length: ${draft.body.length}`, "transfer-encoding: chunked"),
  (random, draft) => {
    draft.headers.push("transfer-encoding: chunked");
    const size = random.pick([draft.body.length.toString(16), "ffffffffffffffff", "-1", "zz", "0"]) ?? "0";
    draft.body = Buffer.concat([Buffer.from(`${size}\r\n`), draft.body, Buffer.from(random.chance(0.5) ? "\r\n0\r\n\r\n" : "")]);
    draft.leaves = random.chance(0.5);
  },
  (_random, draft) => {
    draft.leaves = true;
  },
];

const names = ["accept", "accept-encoding", "accept-language", "cookie", "authorization", "if-none-match", "range", "expect", "x-forwarded-for", "x-http-method-override", "upload-length", "upload-offset", "upload-metadata", "tus-resumable", "sec-fetch-site", "sec-fetch-dest", "origin", "host", "user-agent", "content-type", "last-event-id", "te", "upgrade", "__proto__", "constructor"];

const heads: readonly Abuse[] = [
  (random, draft) => void draft.headers.push(`${random.pick(names) ?? "x"}: ${header(random)}`),
  (random, draft) => {
    const name = random.pick(names) ?? "x";
    replaceHeader(draft, name, `${name}: ${header(random)}`);
  },
  (random, draft) => void draft.headers.push(...Array.from({ length: random.below(400) }, (_, index) => `x-${index}: ${index}`)),
  (random, draft) => void draft.headers.push(random.pick(["no colon", ": no name", "x : space", " folded: a", "x: a\0b", `${"n".repeat(5_000)}: x`]) ?? ""),
  (random, draft) => void draft.headers.push(`cookie: ${Array.from({ length: random.below(200) }, (_, index) => `__Host-rt-${index}=%${index}`).join("; ")}`),
  (random, draft) => void draft.headers.push(`authorization: Bearer ${"a".repeat(random.below(7_000))}.${"b".repeat(random.below(7_000))}.`),
  (_random, draft) => replaceHeader(draft, "host"),
  (random, draft) => replaceHeader(draft, "host", `host: ${random.pick(["evil.example", "localhost:0", "[::1", "a@localhost", "localhost/x", "::", "%00", "localhost, evil"]) ?? ""}`),
  (_random, draft) => void draft.headers.push("connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13", "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="),
  (_random, draft) => void draft.headers.push("expect: 100-continue"),
  (random, draft) => {
    draft.headers.push("tus-resumable: 1.0.0", `upload-length: ${random.pick(["1", "0", "-1", "99999999", "1e9"]) ?? ""}`, `upload-metadata: ${random.pick(["id", "id x,name y", `id ${Buffer.from(hostileString(random)).toString("base64")}`, ",,,", "__proto__ YQ=="]) ?? ""}`);
  },
];

const paths: readonly Abuse[] = [
  (random, draft) => void (draft.path = random.pick(["*", "/", "//", "/%", "/%ff", "/%00", "/..%2f..%2fetc%2fpasswd", "/api/../healthz", "/api//sync/pull", "/API/me", "/api/me/", "/api%2fme", "http://evil.example/api/me", "//evil.example/api/me", "/api/me;x=1", "/\\evil", "/collab/x?ticket=y", "/api/sync/pull#x", "/assets/..%5c..", "?", "api/me"]) ?? "/"),
  (random, draft) => void (draft.path += random.pick(["/", "//", "%2f", "%00", "?__proto__[x]=1", "?a[b]=1&a=2", `?${"a=1&".repeat(1_000)}`, "?%", "?%ff=%fe", "%20", ".", ";", "/..", `?q=${"%41".repeat(3_000)}`, "?cursor=%00&limit=1e9&page=-1"]) ?? ""),
  (random, draft) => void (draft.path = `/${random.pick(["a", "%61", "a/", "../", "%2e%2e/"])?.repeat(random.below(5_000)) ?? ""}`),
  (random, draft) => void (draft.method = random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "get", "M-SEARCH", "X", "PRI"]) ?? "GET"),
];

const abuses: readonly Abuse[] = [...bodies, ...encodings, ...lengths, ...heads, ...paths];
