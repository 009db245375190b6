import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { serialize } from "hono/utils/cookie";
import { isLoopbackName } from "../config.ts";
import { cookieSecondsMax } from "./session-lifetime.ts";

/**
 * The name is `__Host-rt`, and `__Host-rt-<port>` on loopback: there browsers share cookies between all ports, and two schools on
 * one machine would sign each other out.
 */
function cookieName(publicUrl: string | null, host: string): string {
  const { hostname, port } = new URL(publicUrl !== null && !isLoopbackName(new URL(publicUrl).hostname) ? publicUrl : `http://${host}`);
  return isLoopbackName(hostname) ? `__Host-rt-${port || "80"}` : "__Host-rt";
}

/** Browsers take Secure on http://localhost too, which counts as safe. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;

const nameFor = (context: Context, publicUrl: string | null): string => cookieName(publicUrl, context.req.header("host") ?? new URL(context.req.url).host);

export const readRefreshCookie = (context: Context, publicUrl: string | null): string => getCookie(context, nameFor(context, publicUrl)) ?? "";

/** Values of the header Set-Cookie. */
export const refreshCookie = (context: Context, publicUrl: string | null, { token, role }: { token: string; role: SystemRole }): string =>
  serialize(nameFor(context, publicUrl), token, { ...ATTRIBUTES, maxAge: cookieSecondsMax(role) });

export const noRefreshCookie = (context: Context, publicUrl: string | null): string => serialize(nameFor(context, publicUrl), "", { ...ATTRIBUTES, maxAge: 0 });
