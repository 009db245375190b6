import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "@mochila/shared/errors.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestClock } from "../users/test-clock.ts";
import { createApplication } from "./application.ts";
import { gatewaysOf } from "./remote-address.ts";
import { Metrics } from "./metrics.ts";
import { openApiRoutes } from "./open-api.ts";
import { MemoryRateLimiter } from "./rate-limit.ts";
import { type Route, route } from "./route.ts";
import { readStaticFiles } from "./static-files.ts";

const clock = new TestClock();
let folder: string;
const applications = new Map<string, Hono>();

const table: readonly Route[] = [
  route({ method: "GET", path: "/api/value", access: "public", summary: "JSON", handle: () => Promise.resolve({ value: 1 }) }),
  route({ method: "GET", path: "/api/large", access: "public", summary: "Packed JSON", handle: () => Promise.resolve({ text: "a".repeat(5_000) }) }),
  route({ method: "GET", path: "/api/nothing", access: "public", summary: "No body", handle: () => Promise.resolve(undefined) }),
  route({ method: "GET", path: "/api/own", access: "public", summary: "A response of the route's own", handle: () => Promise.resolve(new Response("<b>x</b>", { headers: { "content-type": "text/html" } })) }),
  route({ method: "GET", path: "/api/stream", access: "public", summary: "A stream", handle: () => Promise.resolve(new Response(new ReadableStream({ start: (end) => end.close() }), { headers: { "content-type": "text/event-stream" } })) }),
  route({ method: "GET", path: "/api/broken", access: "public", summary: "Fails", handle: () => Promise.reject(new Error("ours")) }),
  route({ method: "GET", path: "/api/mine", access: "person", summary: "For a person", handle: () => Promise.resolve({}) }),
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mochila-headers-"));
  for (const name of ["index.html", "app.js", "picture.svg"]) await writeFile(join(folder, name), `a ${name}`);
  for (const publicUrl of ["https://lms.example", "http://localhost:8080"]) {
    const routes: Route[] = [...table, ...openApiRoutes(() => routes)];
    const files = await readStaticFiles(folder, publicUrl.startsWith("https:"));
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const guards = {
      origin: { publicUrl }, operatorToken: null,
      authenticate: () => Promise.reject(new CodedError("not_signed_in", "Sign in first.")),
      loadActor: () => Promise.reject(new Error("nobody gets here")),
    };
    applications.set(publicUrl, createApplication({ gateways: gatewaysOf([]), routes, guards, files, limiter: new MemoryRateLimiter(clock), metrics: new Metrics([]), log, clock, random: systemRandom, checkOpen: () => Promise.resolve() }));
  }
});
afterAll(() => rm(folder, { recursive: true }));

interface Asked {
  readonly path: string;
  readonly status: number;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Each kind of answer that the server can give. */
const pages: readonly Asked[] = [
  { path: "/", status: 200 },
  { path: "/app.js", status: 200 },
  { path: "/picture.svg", status: 200 },
  { path: "/courses/1", status: 200, headers: { accept: "text/html" } },
  { path: "/absent.js", status: 404 },
  { path: "/", status: 405, method: "POST" },
  { path: "/", status: 200, method: "HEAD" },
];
const answers: readonly Asked[] = [
  { path: "/api/value", status: 200 },
  { path: "/api/value", status: 200, method: "HEAD" },
  { path: "/api/value", status: 204, method: "OPTIONS" },
  { path: "/api/value", status: 405, method: "PUT" },
  { path: "/api/large", status: 200, headers: { "accept-encoding": "br" } },
  { path: "/api/nothing", status: 204 },
  { path: "/api/own", status: 200 },
  { path: "/api/stream", status: 200 },
  { path: "/api/broken", status: 500 },
  { path: "/api/mine", status: 401 },
  { path: "/api/mine", status: 403, headers: { "sec-fetch-dest": "document" } },
  { path: "/api/absent", status: 404 },
  { path: "/api%2fvalue", status: 404 },
  { path: "/api/value", status: 403, headers: { host: "attacker.example" } },
];
const elsewhere: Asked = { path: "/%E2%82%AC?x=2", status: 308, headers: { host: "attacker.example" } };
const docs: Asked = { path: "/api/docs", status: 200 };

describe.each(["https://lms.example", "http://localhost:8080"])("C.4: headers under %s", (publicUrl) => {
  const ask = async ({ path, status, method = "GET", headers = {} }: Asked): Promise<Headers> => {
    const host = new URL(publicUrl).host;
    const answer = await applications.get(publicUrl)?.request(`http://${host}${path}`, { method, headers: { host, ...headers } });
    expect(answer?.status).toBe(status);
    await answer?.arrayBuffer();
    return answer?.headers ?? new Headers();
  };
  const policyOf = (headers: Headers): string => headers.get("content-security-policy") ?? "";

  test.each([...pages, ...answers, elsewhere, docs])("every answer: $method $path $status $headers", async (asked) => {
    const headers = await ask(asked);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringMatching(/camera=\(\).*geolocation=\(\).*microphone=\(\)/),
    });
    expect(policyOf(headers)).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    // Over plain http a browser ignores it; on one's own machine it would lock every other program of `localhost` out.
    expect(headers.get("strict-transport-security")).toBe(publicUrl.startsWith("https:") ? "max-age=63072000; includeSubDomains" : null);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect([headers.get("server"), headers.get("x-powered-by")]).toEqual([null, null]);
  });

  test.each(pages)("a page, or what it loads, runs its own script and no string: $method $path $status", async (asked) => {
    const policy = policyOf(await ask(asked)).split("; ");
    const { host } = new URL(publicUrl);
    expect(policy).toEqual([
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:", "font-src 'self'",
      `connect-src 'self' ${publicUrl.startsWith("https:") ? "wss" : "ws"}://${host}`, "worker-src 'self'", "manifest-src 'self'", "object-src 'none'", "base-uri 'none'",
      "form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types solid-templates service-worker ProseMirrorClipboard",
    ]);
  });

  test.each([...answers, elsewhere])("an answer is no page and is kept nowhere: $method $path $status $headers", async (asked) => {
    const headers = await ask(asked);
    expect(policyOf(headers)).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("the server's own page has words and style, no script", async () => {
    expect(policyOf(await ask(docs))).not.toContain("script-src");
  });
});
