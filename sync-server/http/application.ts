import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type Context, Hono } from "hono";
import * as z from "zod/mini";
import type { Log } from "../log.ts";
import { errorResponse, toCodedError } from "./error-response.ts";
import { completeHeaders } from "./headers.ts";
import { jsonAnswer } from "./json-answer.ts";
import type { Metrics } from "./metrics.ts";
import { isOurHost } from "./origin.ts";
import { ADDRESS_PER_MINUTE_MAX, DEFAULT_PER_MINUTE_MAX, enforceLimit, limitOf, type RateLimiter } from "./rate-limit.ts";
import { type Gateways, networkOf, noteCaller, remoteAddress } from "./remote-address.ts";
import { readJson } from "./request-body.ts";
import { type Admitted, admit, type Guards } from "./route-access.ts";
import type { Route, RouteRequest } from "./route.ts";
import { servePage, type StaticFiles } from "./static-files.ts";

export interface ApplicationDependencies {
  readonly routes: readonly Route[];
  readonly guards: Guards;
  readonly files: StaticFiles;
  readonly limiter: RateLimiter;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Whose forwarding headers are read. */
  readonly gateways: Gateways;
  /** Throws `unavailable` while this path is not served: before set-up, while stopping. */
  checkOpen(path: string): Promise<void>;
}

/** Addresses that are never pages of the app; what the table does not know there is an error, not the app. */
const NEVER_PAGES = /^\/+(api|collab|healthz|readyz|metrics)(\/|$)/i;
/** Probes come by address, before anyone knows our name. */
const UNDER_ANY_NAME = /^\/(healthz|readyz|metrics)$/;

/**
 * The application of a route table. An address is matched exactly: another spelling of it (a double or final slash, an encoded
 * slash, capitals) is another address, and each route carries its own guard, so that no spelling goes round one.
 */
export function createApplication(dependencies: ApplicationDependencies): Hono {
  const app = new Hono({ strict: true });
  for (const [path, routes] of byPath(dependencies.routes)) app.all(path, (context) => answer(dependencies, context, path, () => dispatch(dependencies, context, routes)));
  app.all("*", (context) => {
    if (NEVER_PAGES.test(decoded(context))) return answer(dependencies, context, "none", () => Promise.reject(new CodedError("not_found", "There is nothing at this address.")));
    return isOurHost(dependencies.guards.origin, hostOf(context)) ? servePage(dependencies.files, context) : redirectHome(dependencies, context);
  });
  // Whatever fails outside of a route is answered, counted and logged as what fails inside one.
  app.onError((failure, context) => answer(dependencies, context, "none", () => Promise.reject(failure)));
  return app;
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const table = new Map<string, Route[]>();
  for (const route of routes) table.set(route.path, [...(table.get(route.path) ?? []), route]);
  return table;
}

const hostOf = (context: Context): string => context.req.header("host") ?? new URL(context.req.url).host;

function decoded(context: Context): string {
  try {
    return decodeURIComponent(context.req.path).replaceAll("\\", "/");
  } catch {
    return context.req.path;
  }
}

/** What was asked for, as it was written: a header takes no other letters than an encoded address has. */
function addressOf(context: Context): string {
  const { pathname, search } = new URL(context.req.url);
  return `${pathname.replace(/^\/+/, "/")}${search}`;
}

function redirectHome({ guards }: ApplicationDependencies, context: Context): Response {
  const { publicUrl } = guards.origin;
  const response = publicUrl === null
    ? new Response("This server answers under the name localhost only; set PUBLIC_URL to serve others.", { status: 421, headers: { "content-type": "text/plain; charset=utf-8" } })
    : new Response(null, { status: 308, headers: { location: `${publicUrl}${addressOf(context)}` } });
  completeHeaders(response, isSecure(guards));
  return response;
}

const isSecure = ({ origin }: Guards): boolean => origin.publicUrl?.startsWith("https:") ?? false;

/** Runs one request to an answer: counted, logged, never an exception. The log holds the route's pattern, not the address. */
async function answer(dependencies: ApplicationDependencies, context: Context, path: string, work: () => Promise<Response>): Promise<Response> {
  const { clock, log, metrics, random, guards, gateways } = dependencies;
  const requestId = newRev({ random });
  const start = clock.monotonic();
  const { method } = context.req.raw;
  metrics.begin();
  noteCaller(context, gateways);
  const response = await work().catch((error: unknown) => {
    const coded = toCodedError(error);
    if (coded.code === "internal") log.error("request_failed", { requestId, method, path, error });
    return errorResponse(coded);
  });
  const milliseconds = clock.monotonic() - start;
  metrics.end({ route: path, method: knownMethod(method), status: response.status, seconds: milliseconds / 1_000 });
  log.info("request", { requestId, method, path, status: response.status, milliseconds: Math.round(milliseconds * 10) / 10 });
  completeHeaders(response, isSecure(guards));
  response.headers.set("x-request-id", requestId);
  return response;
}

/** A method is free text from outside; a label of the metrics is not. */
const knownMethod = (method: string): string => (/^(GET|HEAD|POST|PATCH|DELETE|OPTIONS)$/.test(method) ? method : "other");

async function dispatch(dependencies: ApplicationDependencies, context: Context, routes: readonly Route[]): Promise<Response> {
  const { method } = context.req.raw;
  const { origin } = dependencies.guards;
  if (!isOurHost(origin, hostOf(context)) && !UNDER_ANY_NAME.test(context.req.path)) throw new CodedError("wrong_origin", "This server does not answer under that name.");
  const found = routes.find((route) => route.method === method) ?? (method === "HEAD" ? routes.find((route) => route.method === "GET") : undefined);
  const allowed = [...new Set([...routes.map((route) => route.method), "OPTIONS"])].join(", ");
  if (method === "OPTIONS" && !found) return new Response(null, { status: 204, headers: { allow: allowed } });
  if (!found) {
    const refusal = errorResponse(new CodedError("method_not_allowed", `This address takes ${allowed}.`));
    refusal.headers.set("allow", allowed);
    return refusal;
  }
  await dependencies.checkOpen(found.path);
  return handle(dependencies, context, found);
}

async function handle({ guards, limiter }: ApplicationDependencies, context: Context, route: Route): Promise<Response> {
  const network = networkOf(remoteAddress(context));
  await enforceLimit(limiter, `address ${network}`, limitOf(ADDRESS_PER_MINUTE_MAX));
  const admitted = await admit(guards, route, context);
  const key = `${route.method} ${route.path} ${admitted.principal?.userId ?? network}`;
  await enforceLimit(limiter, key, limitOf(route.perMinuteMax ?? DEFAULT_PER_MINUTE_MAX, route.burstMax));
  const { kibPerMinuteMax } = route;
  const weigh = kibPerMinuteMax === undefined ? undefined : (bytes: number) => enforceLimit(limiter, `KiB ${key}`, limitOf(kibPerMinuteMax, 2 * kibPerMinuteMax), Math.ceil(bytes / 1_024));
  const result = await route.handle(await readRequest(context, route, { ...admitted, weigh }));
  return result instanceof Response ? result : jsonAnswer(context.req.raw, result, route);
}

/** The body is read after the caller was let in: a stranger's megabytes are not parsed. */
async function readRequest(context: Context, route: Route, { actor, principal, weigh }: Admitted & { weigh: ((bytes: number) => Promise<void>) | undefined }): Promise<RouteRequest<unknown, unknown>> {
  const { searchParams } = new URL(context.req.url);
  const query = route.query ? valid(route.query, Object.fromEntries(searchParams)) : {};
  const body = route.body && route.reads !== "raw" ? valid(route.body, await readJson(context.req.raw, route.bytesMax, weigh)) : undefined;
  const params = context.req.param() as Record<string, string>;
  return { body, query, params, actor, sessionId: principal?.sessionId ?? null, actingBy: principal?.actingBy ?? null, expiresAt: principal?.expiresAt ?? null, context };
}

/** Says where the first faults are and what is asked for, never what was sent. */
function valid(schema: z.ZodMiniType, input: unknown): unknown {
  const result = z.safeParse(schema, input);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 5).map(({ path, code }) => ({ path: path.map(String).join("."), problem: code }));
  throw new CodedError("invalid_input", "The request does not have the shape that this address asks for.", { details: { problems } });
}
