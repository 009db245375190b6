import { CodedError } from "@mochila/shared/errors.ts";
import type { Actor } from "@mochila/shared/access/actor.ts";
import type { Context } from "hono";
import { timingSafeEqual, createHash } from "node:crypto";
import { isLoopbackName } from "../config.ts";
import { checkCookieRequest, checkOrigin, type OriginPolicy, refuseNavigation } from "./origin.ts";
import { isLoopbackAddress, peerAddress } from "./remote-address.ts";
import type { Route } from "./route.ts";

/** Who a valid access token stands for. Times in milliseconds since 1970. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
  /** The administrator who looks at the school as this person; null: it is the person. */
  readonly actingBy: string | null;
}

export interface Guards {
  readonly origin: OriginPolicy;
  readonly operatorToken: string | null;
  /** Throws `not_signed_in` or `session_ended`. */
  authenticate(token: string): Promise<Principal>;
  loadActor(userId: string): Promise<Actor>;
}

export interface Admitted {
  readonly principal: Principal | null;
  readonly actor: Actor | null;
}

const nobody: Admitted = { principal: null, actor: null };

/**
 * Lets a request pass to a route of this access, or throws why not. Default: nobody passes. Who looks at the school as somebody else passes only
 * where the route says so: this is the one place that keeps them from changing anything.
 */
export async function admit(guards: Guards, { access, acting }: Pick<Route, "access" | "acting">, context: Context): Promise<Admitted> {
  const { headers, method } = context.req.raw;
  if (method !== "GET" && method !== "HEAD") checkOrigin(guards.origin, headers);
  switch (access) {
    case "public":
      return nobody;
    case "cookie":
      checkCookieRequest(guards.origin, headers);
      return nobody;
    case "operator":
      checkOperator(guards.operatorToken, context);
      return nobody;
    case "person":
    case "administrator": {
      refuseNavigation(headers);
      const principal = await guards.authenticate(bearerToken(headers));
      if (principal.actingBy !== null && acting !== "allowed") throw new CodedError("forbidden", "You are looking at the school as somebody else: nothing can be changed.");
      const actor = await guards.loadActor(principal.userId);
      if (access === "administrator" && actor.systemRole !== "administrator") throw new CodedError("forbidden", "Only an administrator may do this.");
      return { principal, actor };
    }
  }
}

function bearerToken(headers: Headers): string {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new CodedError("not_signed_in", "Sign in first.");
  return token;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const FORWARDED = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/**
 * A gateway on the same machine also comes from loopback, but says that it forwards, or calls us by another name. So does a page in this
 * machine's browser whose name was made to lead here (DNS rebinding).
 */
function checkOperator(operatorToken: string | null, context: Context): void {
  const { headers } = context.req.raw;
  const given = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (operatorToken !== null && given !== undefined && timingSafeEqual(digest(given), digest(operatorToken))) return;
  const host = `http://${headers.get("host") ?? new URL(context.req.url).host}`;
  const direct = !FORWARDED.some((name) => headers.has(name)) && URL.canParse(host) && isLoopbackName(new URL(host).hostname);
  if (direct && isLoopbackAddress(peerAddress(context))) return;
  throw new CodedError("forbidden", "Only the operator may read this.");
}
