import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { serialize } from "hono/utils/cookie";
import { isLoopbackName } from "../config.ts";
import { cookieSecondsMax } from "./session-lifetime.ts";

/** `rt`: the refresh token. `sf`: the browser in which a sign-in waits for its second factor. */
type CookieUse = "rt" | "sf";

/**
 * The name is `__Host-rt`, and `__Host-rt-<port>` on loopback: there browsers share cookies between all ports, and two schools on
 * one machine would sign each other out.
 */
function cookieName(use: CookieUse, publicUrl: string | null, host: string): string {
  const { hostname, port } = new URL(publicUrl !== null && !isLoopbackName(new URL(publicUrl).hostname) ? publicUrl : `http://${host}`);
  return isLoopbackName(hostname) ? `__Host-${use}-${port || "80"}` : `__Host-${use}`;
}

/** Browsers take Secure on http://localhost too, which counts as safe. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;

const nameFor = (use: CookieUse, context: Context, publicUrl: string | null): string => cookieName(use, publicUrl, context.req.header("host") ?? new URL(context.req.url).host);

const read = (use: CookieUse) => (context: Context, publicUrl: string | null): string => getCookie(context, nameFor(use, context, publicUrl)) ?? "";
const ended = (use: CookieUse) => (context: Context, publicUrl: string | null): string => serialize(nameFor(use, context, publicUrl), "", { ...ATTRIBUTES, maxAge: 0 });

export const readRefreshCookie = read("rt");
export const readPendingCookie = read("sf");

/** Values of the header Set-Cookie. That of a shared computer goes with the browser. */
export const refreshCookie = (context: Context, publicUrl: string | null, { token, role, sharedComputer }: { token: string; role: SystemRole; sharedComputer: boolean }): string =>
  serialize(nameFor("rt", context, publicUrl), token, sharedComputer ? ATTRIBUTES : { ...ATTRIBUTES, maxAge: cookieSecondsMax(role) });

/** Goes with the browser, and opens nothing by itself. */
export const pendingCookie = (context: Context, publicUrl: string | null, browser: string): string => serialize(nameFor("sf", context, publicUrl), browser, ATTRIBUTES);

export const noRefreshCookie = ended("rt");
export const noPendingCookie = ended("sf");
