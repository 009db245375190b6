import { CodedError } from "@mochila/shared/errors.ts";
import { isLoopbackName } from "../config.ts";

export interface OriginPolicy {
  /** `PUBLIC_URL`, or null on one's own machine: then every loopback name is ours. */
  readonly publicUrl: string | null;
}

const parse = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

const onThisMachine = ({ publicUrl }: OriginPolicy): boolean => publicUrl === null || isLoopbackName(new URL(publicUrl).hostname);

/** Whether a page at `origin` is ours. `host`: the request's Host header; on loopback any port is, if it is the one we are called by. */
export function isOurOrigin(policy: OriginPolicy, { origin, host }: { origin: string; host: string }): boolean {
  if (origin === policy.publicUrl) return true;
  const page = parse(origin);
  return onThisMachine(policy) && page !== null && isLoopbackName(page.hostname) && page.host === host;
}

/** Whether we answer under this name: a foreign name that leads here (DNS rebinding) gets no page and no data. */
export function isOurHost(policy: OriginPolicy, host: string): boolean {
  if (policy.publicUrl !== null && new URL(policy.publicUrl).host === host) return true;
  return onThisMachine(policy) && isLoopbackName(parse(`http://${host}`)?.hostname ?? "");
}

/**
 * Refuses what a foreign page can send. Browsers put Origin on every request that changes something; a request without it is no
 * browser's and carries nobody's cookie by accident. Throws `wrong_origin`.
 */
export function checkOrigin(policy: OriginPolicy, headers: Headers): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const foreign = origin !== null && !isOurOrigin(policy, { origin, host: headers.get("host") ?? "" });
  if (foreign || (site !== null && site !== "same-origin" && site !== "none")) throw new CodedError("wrong_origin", "The request comes from another site.");
}

/** For routes that act on the cookie: also the header that only our own script can set without being asked first. */
export function checkCookieRequest(policy: OriginPolicy, headers: Headers): void {
  checkOrigin(policy, headers);
  if (headers.get("x-lms") !== "1") throw new CodedError("wrong_origin", "The header X-LMS: 1 is missing.");
}

/** An answer to a person is read by our script: what a browser would show as a page, a frame or an embedded object is not given out at all (V3.2.1). */
export function refuseNavigation(headers: Headers): void {
  const destination = headers.get("sec-fetch-dest") ?? "empty";
  if (destination !== "empty") throw new CodedError("wrong_origin", "This address answers the app; it is no page.");
}
