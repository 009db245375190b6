import { ErrorBody } from "@mochila/shared/error-body.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { backoffMs } from "./backoff.ts";

/** The part of `fetch` that is used, so that a simulation can stand in for it: resolves with the head. Rejects when the network fails. */
export type Send = (path: string, init: { method: "POST"; headers: Record<string, string>; body: string }) => Promise<Reply>;

export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The body, once. */
  json(): Promise<unknown>;
}

/** Hears the head of a good answer while its body is on the way; again if the body did not come and the request was repeated. */
export type OnHead = (headers: Reply["headers"]) => void;

/** What happened to the last try, for the status. `signed-out`: waits for a sign-in. `outdated`: this app is too old to pull. */
export type Contact = "reached" | "unreachable" | "signed-out" | "outdated";

export interface RequestOptions {
  readonly send: Send;
  /** A token, or null when there is none and none can be had. `renew`: the one in hand was refused. */
  accessToken(options: { renew: boolean }): Promise<string | null>;
  /** Resolves after `ms` or earlier; with true where waits begin anew, as when the network comes back. */
  wait(ms: number): Promise<boolean>;
  readonly random: Random;
  /** False once this tab is no longer the leader: an answer that comes then is dropped (DECISIONS 15). */
  stillLeader(): boolean;
  onContact(contact: Contact): void;
}

/** The tab is no longer the leader, or the transport was stopped: whoever waits gives up, nothing was decided. */
export class Superseded extends Error {
  override name = "Superseded";
}

/** The server's word about a whole request that no repetition will change. */
export class Refused extends Error {
  override name = "Refused";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown>,
  ) {
    super(message);
  }
}

/**
 * Errors that say something about the content of the request. Everything else is tried again: a gateway, a captive portal or a server
 * that is being changed answers 403 or 404 to good work, and giving that up would put every change of a person into their outbox.
 */
const FINAL_STATUS = new Set([400, 409, 413]);
/** The only one that a gateway says in our server's place: it is about bytes, whoever counted them. */
const TOO_LARGE = 413;

type Outcome = { readonly answer: unknown } | { readonly retryAfterMs: number; readonly contact: Contact };

/**
 * Sends until there is an answer: network failures, 429 and 5xx are repeated for ever with full jitter; 401 renews the token once.
 * `bodyNow`: asked for each try. What a device has heard may be more by then, and a server that was put back meanwhile is noticed by it.
 * Throws `Refused` for what repetition cannot change and `Superseded` when this tab must stop.
 */
export async function request(options: RequestOptions, path: string, bodyNow: () => unknown, onHead?: OnHead): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    const body = JSON.stringify(await bodyNow());
    if (!options.stillLeader()) throw new Superseded();
    const outcome = await tryOnce(options, path, { body, onHead });
    if (!options.stillLeader()) throw new Superseded();
    if ("answer" in outcome) {
      options.onContact("reached");
      return outcome.answer;
    }
    options.onContact(outcome.contact);
    // A phone says that it is online a moment before it is: that try is the first of a new row, not one more of the old.
    if (await options.wait(backoffMs(attempt, options.random, outcome.retryAfterMs))) attempt = -1;
  }
}

async function tryOnce(options: RequestOptions, path: string, { body, onHead }: { body: string; onHead: OnHead | undefined }): Promise<Outcome> {
  try {
    let reply = await authorized(options, { path, body, renew: false });
    if (reply?.status === 401) reply = await authorized(options, { path, body, renew: true });
    if (!reply) return { retryAfterMs: 0, contact: "unreachable" };
    if (reply.status === 200) {
      onHead?.(reply.headers);
      return { answer: await reply.json() };
    }
    return await failure(reply);
  } catch (error) {
    if (error instanceof Refused) throw error;
    // No network, a connection that broke, or a body cut short.
    return { retryAfterMs: 0, contact: "unreachable" };
  }
}

/** One try with a token; null without one. */
export async function authorized(options: Pick<RequestOptions, "send" | "accessToken">, { path, body, renew }: { path: string; body: string; renew: boolean }): Promise<Reply | null> {
  const token = await options.accessToken({ renew });
  if (token === null) return null;
  return options.send(path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body });
}

async function failure(reply: Reply): Promise<Outcome> {
  const { ours, code, message, details, retryAfterMs } = await readError(reply);
  if (reply.status === TOO_LARGE || (ours && FINAL_STATUS.has(reply.status))) throw new Refused(reply.status, code, message, details);
  const retryAfter = retryAfterMs ?? retryAfterHeaderMs(reply.headers.get("retry-after"));
  if (reply.status === 401) return { retryAfterMs: 0, contact: "signed-out" };
  if (reply.status === 426) return { retryAfterMs: retryAfter, contact: "outdated" };
  return { retryAfterMs: retryAfter, contact: "unreachable" };
}

/** What the server says went wrong; a gateway in between may answer anything. */
export async function readError(reply: Reply): Promise<{ ours: boolean; code: string; message: string; details: Record<string, unknown>; retryAfterMs?: number | undefined }> {
  try {
    const parsed = ErrorBody.safeParse(await reply.json());
    if (parsed.success) return { ours: true, ...parsed.data.error, details: parsed.data.error.details ?? {} };
  } catch {
    // Not JSON: the status alone speaks.
  }
  return { ours: false, code: reply.status === TOO_LARGE ? "too_large" : "internal", message: `status ${reply.status}`, details: {} };
}

/** Seconds, as the header has them; dates are not used by our server. */
const retryAfterHeaderMs = (header: string | null): number => {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
};
