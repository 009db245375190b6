import type { Context } from "hono";

/**
 * Who may make markup or the address of a script out of a string, each once: Solid's own templates (`infra/vite/trusted-templates.ts`), the address of the
 * service worker (`client/update.ts`), and what ProseMirror reads of a paste, in a document that runs nothing. A string that anybody else
 * writes into such a place is refused (decision 0441).
 */
const TRUSTED_TYPES = ["solid-templates", "service-worker", "ProseMirrorClipboard"];

/** No inline script or style, nothing from elsewhere: text that somebody wrote cannot become code (SECURITY.md C.4). */
const pagePolicy = (socketOrigin: string): string =>
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self' " +
  `${socketOrigin}; ` +
  "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  `require-trusted-types-for 'script'; trusted-types ${TRUSTED_TYPES.join(" ")}`;
/** A page of the server's own, such as the table of addresses: it shows words and asks for nothing. */
export const PLAIN_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** An answer of the API that a browser is made to show as a page does nothing. */
const ANSWER_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

const EVERYWHERE: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()",
};

const answerHeaders: Readonly<Record<string, string>> = { ...EVERYWHERE, "content-security-policy": ANSWER_POLICY, "cache-control": "no-store" };

const TWO_YEARS = "max-age=63072000; includeSubDomains";

/** Puts the headers of an API answer, except those that the route set itself. In place: a copy would turn a known body into a stream. */
export function completeHeaders({ headers }: Response, secure: boolean): void {
  for (const [name, value] of Object.entries(answerHeaders)) if (!headers.has(name)) headers.set(name, value);
  if (secure) headers.set("strict-transport-security", TWO_YEARS);
}

/** The rooms' sockets go to this server and nowhere else: not every browser counts them to 'self'. The host was found to be ours before. */
export function setPageHeaders(context: Context, secure: boolean): void {
  const host = context.req.header("host") ?? new URL(context.req.url).host;
  const headers = { ...EVERYWHERE, "content-security-policy": pagePolicy(`${secure ? "wss" : "ws"}://${host}`) };
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (secure) context.header("strict-transport-security", TWO_YEARS);
}
