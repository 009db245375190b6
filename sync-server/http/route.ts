import type { Context } from "hono";
import type * as z from "zod/mini";
import type { Actor } from "@mochila/shared/access/actor.ts";

/**
 * Who may call a route at all; what they may do with an object is decided in its handler for the resolved object, never by address.
 * `public`: anyone. `cookie`: the refresh cookie with the header `X-LMS: 1` and our origin. `person`: a valid access token.
 * `administrator`: the same, and the role. `operator`: loopback or the operator's token.
 */
export type RouteAccess = "public" | "cookie" | "person" | "administrator" | "operator";

export interface RouteRequest<Body, Query> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Readonly<Record<string, string>>;
  /** Who acts, read from the database for this request. Null on `public`, `cookie` and `operator` routes. */
  readonly actor: Actor | null;
  /** The session of the access token, for routes that end it or bind to it. */
  readonly sessionId: string | null;
  /** The administrator who looks at the school as the actor; null: it is the actor. */
  readonly actingBy: string | null;
  /** When the access token ends, milliseconds since 1970: long answers end then. */
  readonly expiresAt: number | null;
  readonly context: Context;
}

/**
 * One line of the route table: what exists, who may call it, with what. The authorization matrix, the OpenAPI document and the
 * application are made from the same table, so that an undeclared route cannot exist.
 */
export interface Route<Body = unknown, Query = unknown> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "HEAD";
  readonly path: string;
  readonly access: RouteAccess;
  /** For `person`: also an administrator who looks at the school as that person passes. Only for what changes nothing and is not the person's alone. Default: refused. */
  readonly acting?: "allowed";
  readonly summary: string;
  readonly body?: z.ZodMiniType<Body>;
  readonly query?: z.ZodMiniType<Query>;
  readonly answer?: z.ZodMiniType;
  /** `json` (default): parsed, bounded and validated before the handler. `raw`: the handler reads `context.req.raw` itself, bounded. */
  readonly reads?: "json" | "raw";
  readonly bytesMax?: number;
  /** Requests a minute of one person (of one network address where nobody is signed in). Default: `rate-limit.ts`. */
  readonly perMinuteMax?: number;
  /** How many of them at once after a quiet time, where half a minute's worth is not it. */
  readonly burstMax?: number;
  /** KiB of unpacked JSON a minute, of one person; twice as much at once. */
  readonly kibPerMinuteMax?: number;
  /** What the head of the answer tells of it, before the body comes. */
  headersOf?(answer: unknown): Record<string, string>;
  /** How a plain value is written, where its parts are JSON texts already. */
  textOf?(answer: unknown): string;
  /** A plain value is answered as JSON; a Response as it is. Throw `CodedError` for what the caller shall be told. */
  handle(request: RouteRequest<Body, Query>): Promise<unknown>;
}

export const route = <Body, Query>(definition: Route<Body, Query>): Route => definition;
