import { gzipSync } from "node:zlib";
import type { Actor } from "@mochila/shared/access/actor.ts";
import { ErrorBody } from "@mochila/shared/error-body.ts";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import type { Log } from "../log.ts";
import { TestClock } from "../users/test-clock.ts";
import { createApplication } from "./application.ts";
import { gatewaysOf } from "./remote-address.ts";
import { Metrics } from "./metrics.ts";
import { openApiDocument, openApiRoutes } from "./open-api.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { MemoryRateLimiter } from "./rate-limit.ts";
import { type Route, route } from "./route.ts";
import type { StaticFiles } from "./static-files.ts";

const secretQuery = "a-token-in-an-address";
let clock: TestClock;
let lines: string[];
let handled: string[];

const note = async (name: string): Promise<unknown> => {
  handled.push(name);
  return { name };
};

const table = (): Route[] => [
  route({ method: "GET", path: "/api/things", access: "person", summary: "Things", query: z.strictObject({ page: z.optional(z.string().check(z.regex(/^\d+$/))) }), handle: () => note("list") }),
  route({ method: "POST", path: "/api/things", access: "person", summary: "Make", body: z.strictObject({ name: z.string() }), bytesMax: 1_000, handle: ({ body }) => note(`make ${body.name}`) }),
  route({ method: "DELETE", path: "/api/things/:id", access: "administrator", summary: "Remove", handle: ({ params }) => note(`remove ${params["id"] ?? ""}`) }),
  route({ method: "GET", path: "/api/broken", access: "public", summary: "Fails", handle: () => Promise.reject(new Error("the secret reason")) }),
  route({ method: "GET", path: "/api/away", access: "public", summary: "No store", handle: () => Promise.reject(Object.assign(new Error("x"), { code: "ECONNREFUSED" })) }),
  route({ method: "GET", path: "/api/large", access: "public", summary: "Large", handle: () => Promise.resolve({ text: "a".repeat(5_000) }) }),
  route({ method: "GET", path: "/api/few", access: "public", summary: "Few", perMinuteMax: 6, handle: () => note("few") }),
];

function application(overrides: { publicUrl?: string | null; closed?: boolean; files?: StaticFiles["byAddress"] } = {}) {
  const routes: Route[] = [...table(), ...openApiRoutes(() => routes), ...operatorRoutes({ metrics: new Metrics([]), checkReady: () => Promise.reject(new Error("no store")) })];
  const write = (level: string) => (event: string, fields?: Record<string, unknown>) => void lines.push(JSON.stringify({ level, event, ...fields }));
  const log: Log = { info: write("info"), warn: write("warn"), error: write("error") };
  const actor = (userId: string): Actor => ({ userId, systemRole: userId === "admin" ? "administrator" : "student", courses: new Map() });
  return createApplication({ gateways: gatewaysOf([]),
    routes, log, clock, random: systemRandom, limiter: new MemoryRateLimiter(clock), metrics: new Metrics([]), files: { byAddress: overrides.files ?? new Map(), secure: false },
    guards: {
      origin: { publicUrl: overrides.publicUrl ?? null }, operatorToken: "operator-token-of-tests",
      authenticate: (token) => {
        const userId = token.split(".")[0] ?? "";
        if (userId === "ended") throw new CodedError("session_ended", "It ended.");
        return Promise.resolve({ userId, sessionId: "s", expiresAt: 0, actingBy: null });
      },
      loadActor: (userId) => Promise.resolve(actor(userId)),
    },
    checkOpen: (path) => (overrides.closed && path !== "/healthz" ? Promise.reject(new CodedError("unavailable", "Closed.")) : Promise.resolve()),
  });
}

beforeEach(() => {
  clock = new TestClock();
  lines = [];
  handled = [];
});

type Options = RequestInit & { headers?: Record<string, string> };
const send = (path: string, { headers, ...init }: Options = {}, app = application()) =>
  app.request(`http://localhost${path}`, { ...init, headers: { host: "localhost", authorization: "Bearer ana.b.c", ...headers } });
const make = (body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) => send("/api/things", { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const codeOf = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  const { error } = ErrorBody.parse(await response.json());
  expect(response.status).toBe(errorCauses[error.code as keyof typeof errorCauses].status);
  return error.code;
};

describe("who gets in", () => {
  test.each([["nothing", ""], ["another scheme", "Basic YTpi"], ["no token form", "Bearer x"], ["two tokens", "Bearer a.b.c d.e.f"]])("%s is not signed in", async (_what, authorization) => {
    expect(await codeOf(send("/api/things", { headers: { authorization } }))).toBe("not_signed_in");
    expect(handled).toEqual([]);
  });

  test("a session that ended is told so", async () => expect(await codeOf(send("/api/things", { headers: { authorization: "Bearer ended.b.c" } }))).toBe("session_ended"));

  test("an administrator's route is for administrators", async () => {
    expect(await codeOf(send("/api/things/1", { method: "DELETE" }))).toBe("forbidden");
    expect((await send("/api/things/1", { method: "DELETE", headers: { authorization: "Bearer admin.b.c" } })).status).toBe(200);
  });

  test("an operator's route is for the operator's token; an unknown remote end is not loopback", async () => {
    expect(await codeOf(send("/metrics"))).toBe("forbidden");
    expect((await send("/metrics", { headers: { authorization: "Bearer operator-token-of-tests" } })).status).toBe(200);
  });

  test.each<[string, Record<string, string>, number]>([
    ["http://localhost:8080/metrics", {}, 200],
    ["http://127.0.0.1:8080/metrics", {}, 200],
    ["http://rebound.example/metrics", {}, 403],
    ["http://localhost:8080/metrics", { via: "1.1 gateway" }, 403],
    ["http://localhost:8080/metrics", { "x-forwarded-host": "school.example" }, 403],
  ])("from this machine itself, called by its own name, the operator needs no token: %s %o", async (url, headers, status) => {
    const here = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };
    expect((await application().request(url, { headers }, here)).status).toBe(status);
  });

  test.each(["//api/things", "/api//things", "/api/things/", "/api%2fthings", "/api%2Fthings", "/API/things", "/api/Things", "/api/./../api%2fthings", "/api/things%2f", "/api\\things", "/api/things;x", "/%61pi%2fthings"])(
    "S-01 another spelling is no way round a guard: %s", async (path) => {
      const answer = await send(path, { headers: { authorization: "", accept: "text/html" } });
      expect([401, 404]).toContain(answer.status);
      expect(handled).toEqual([]);
    },
  );

  test("an encoded letter is the same address with the same guard", async () => expect(await codeOf(send("/%61pi/things", { headers: { authorization: "" } }))).toBe("not_signed_in"));

  test.each([{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }])("what changes something does not come from another site: %o", async (headers) => {
    expect(await codeOf(make('{"name":"x"}', headers as Record<string, string>))).toBe("wrong_origin");
    expect(handled).toEqual([]);
  });

  test("a foreign name gets no data (DNS rebinding), and probes answer under any", async () => {
    expect(await codeOf(send("/api/things", { headers: { host: "evil.example" } }))).toBe("wrong_origin");
    expect((await send("/healthz", { headers: { host: "10.0.0.7:8080" } })).status).toBe(200);
  });

  test("behind a public address other names lead to it (DECISIONS 28)", async () => {
    const answer = await send("/courses/1", { headers: { host: "old.example" } }, application({ publicUrl: "https://lms.example" }));
    expect([answer.status, answer.headers.get("location")]).toEqual([308, "https://lms.example/courses/1"]);
    const twoSlashes = await send("//evil.example", { headers: { host: "old.example" } }, application({ publicUrl: "https://lms.example" }));
    expect(twoSlashes.headers.get("location")).toBe("https://lms.example/evil.example");
  });

  test.each([
    ["/courses/1?x=2&y=%26", "/courses/1?x=2&y=%26"], ["/%E2%82%AC", "/%E2%82%AC"], ["/\u20ac?q=\u20ac", "/%E2%82%AC?q=%E2%82%AC"], ["/a%0d%0aset-cookie:x", "/a%0d%0aset-cookie:x"], ["/a%", "/a%"],
    ["/\\evil.example", "/evil.example"], ["/%2f%2fevil.example", "/%2f%2fevil.example"],
  ])("another name leads to the same address, encoded and with its query: %s", async (path, location) => {
    const answer = await send(path, { headers: { host: "old.example" } }, application({ publicUrl: "https://lms.example" }));
    expect([answer.status, answer.headers.get("location"), await answer.text()]).toEqual([308, `https://lms.example${location}`, ""]);
  });

  test("while closed only the probe answers", async () => {
    const app = application({ closed: true });
    expect(await codeOf(send("/api/things", {}, app))).toBe("unavailable");
    expect((await send("/healthz", {}, app)).status).toBe(200);
  });
});

describe("addresses and methods", () => {
  test("an unknown address is 404, also for a person's navigation", async () => expect(await codeOf(send("/api/nothing", { headers: { accept: "text/html" } }))).toBe("not_found"));

  test("a known address with another method is 405 and says which", async () => {
    const answer = await send("/api/things", { method: "PUT", headers: { "x-http-method-override": "GET" } });
    expect(answer.headers.get("allow")).toBe("GET, POST, OPTIONS");
    expect(await codeOf(answer)).toBe("method_not_allowed");
  });

  test("HEAD is GET without its body, OPTIONS says what there is and opens nothing to other sites", async () => {
    const head = await send("/api/things", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const options = await send("/api/things", { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    expect([options.status, options.headers.get("allow"), options.headers.get("access-control-allow-origin")]).toEqual([204, "GET, POST, OPTIONS", null]);
  });
});

describe("bodies", () => {
  test("a good one, plain and packed", async () => {
    expect((await make('{"name":"a"}')).status).toBe(200);
    expect((await make(gzipSync('{"name":"b"}'), { "content-encoding": "gzip" })).status).toBe(200);
    expect(handled).toEqual(["make a", "make b"]);
  });

  test.each([
    ["nothing", "", "invalid_input"], ["no JSON", "{", "invalid_input"], ["another shape", '{"name":1}', "invalid_input"], ["one field too many", '{"name":"a","role":"administrator"}', "invalid_input"],
    ["the prototype", '{"name":"a","__proto__":{"x":1}}', "invalid_input"], ["the prototype, escaped", '{"name":"a","\\u005f_proto__":{"x":1}}', "invalid_input"],
    ["65 levels", `{"name":${"[".repeat(65)}${"]".repeat(65)}}`, "invalid_input"], ["too many bytes", `{"name":"${"a".repeat(1_000)}"}`, "too_large"],
  ])("%s is refused and nothing is done", async (_what, body, code) => {
    expect(await codeOf(make(body))).toBe(code);
    expect(handled).toEqual([]);
  });

  test("the bound holds for what is declared, for what streams in, and after unpacking", async () => {
    expect(await codeOf(make("{}", { "content-length": "1001" }))).toBe("too_large");
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(new Uint8Array(500 + 0 * (chunks += 1))) });
    expect(await codeOf(send("/api/things", { method: "POST", body: endless, duplex: "half", headers: { "content-type": "application/json" } }))).toBe("too_large");
    expect(chunks).toBeLessThan(8);
    expect(await codeOf(make(gzipSync(Buffer.alloc(10_000_000)).subarray(0, 999), { "content-encoding": "gzip" }))).toBe("too_large");
    expect(await codeOf(make("not gzip", { "content-encoding": "gzip" }))).toBe("invalid_input");
  });

  test.each([{ "content-type": "text/plain" }, { "content-type": "application/x-www-form-urlencoded" }, { "content-encoding": "br" }])("a body of a type that is not taken: %o", async (headers) => {
    expect(await codeOf(make('{"name":"a"}', headers as Record<string, string>))).toBe("wrong_type");
  });

  test("a stranger's body is not read", async () => expect(await codeOf(make("{", { authorization: "" }))).toBe("not_signed_in"));

  test("a query has a shape too", async () => {
    expect((await send("/api/things?page=2")).status).toBe(200);
    expect(await codeOf(send("/api/things?page=x"))).toBe("invalid_input");
    expect(await codeOf(send("/api/things?other=1"))).toBe("invalid_input");
  });
});

describe("answers", () => {
  test("a fault of ours tells nothing to the outside and everything to the log (V16.5.1)", async () => {
    const answer = await send("/api/broken");
    const body = await answer.text();
    expect([answer.status, body.includes("secret")]).toEqual([500, false]);
    expect(lines.some((line) => line.includes("request_failed") && line.includes(answer.headers.get("x-request-id") ?? "none"))).toBe(true);
  });

  test("what fails outside of every route is answered, counted and logged as what fails in one", async () => {
    const unreadable = new Map<string, never>();
    unreadable.get = () => {
      throw new Error("the secret reason");
    };
    const answer = await send("/courses/1", {}, application({ files: unreadable }));
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    expect(lines.some((line) => line.includes("request_failed") && line.includes(answer.headers.get("x-request-id") ?? "none"))).toBe(true);
    const body = await answer.clone().text();
    expect([await codeOf(answer), body.includes("secret")]).toEqual(["internal", false]);
  });

  test("a store that is away is 503 and says when to come back", async () => {
    const answer = await send("/api/away");
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(await codeOf(answer)).toBe("unavailable");
    expect(await codeOf(send("/readyz"))).toBe("unavailable");
  });

  test("cannot become a page, cannot be cached (C.4)", async () => {
    const { headers } = await send("/api/things");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("strict-transport-security")).toBeNull();
    const secure = await send("/api/things", { headers: { host: "lms.example" } }, application({ publicUrl: "https://lms.example" }));
    expect(secure.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}; includeSubDomains$/);
  });

  test("are packed where it pays", async () => {
    expect((await send("/api/large", { headers: { "accept-encoding": "gzip, br" } })).headers.get("content-encoding")).toBe("br");
    expect((await send("/api/large", { headers: { "accept-encoding": "gzip" } })).headers.get("content-encoding")).toBe("gzip");
    expect((await send("/api/large", { headers: { "accept-encoding": "br;q=0" } })).headers.get("content-encoding")).toBeNull();
    expect((await send("/api/things", { headers: { "accept-encoding": "br" } })).headers.get("content-encoding")).toBeNull();
  });

  test("the log holds the route, never the address, a token or a name", async () => {
    await send(`/api/things?page=2&ticket=${secretQuery}`);
    await send("/api/things/01a20459-0000", { method: "DELETE" });
    const all = lines.join("\n");
    expect(all).toContain('"/api/things/:id"');
    for (const word of [secretQuery, "01a20459", "Bearer", "ana"]) expect(all).not.toContain(word);
  });

  test("too many are 429 with the time to wait, and after it the next passes", async () => {
    const app = application();
    const answers = [];
    for (let tries = 0; tries < 12; tries += 1) answers.push(await send("/api/few", {}, app));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.headers.get("retry-after")).toBe("10");
    clock.pass(10_000);
    expect((await send("/api/few", {}, app)).status).toBe(200);
  });
});

describe("the description of all addresses", () => {
  test("names every route of the table, itself included", async () => {
    const document = (await (await send("/api/openapi.json")).json()) as { paths: Record<string, Record<string, unknown>> };
    expect(Object.keys(document.paths["/api/things"] ?? {})).toEqual(["get", "post"]);
    expect(document.paths).toHaveProperty("/api/things/{id}");
    expect(document.paths).toHaveProperty("/api/openapi.json");
    expect(JSON.stringify(openApiDocument(table()))).toContain('"additionalProperties":false');
  });

  test("is a page without any script", async () => {
    const answer = await send("/api/docs");
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await answer.text()).not.toMatch(/<script|style=|\son\w+=/);
  });
});
