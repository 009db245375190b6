import { EventAnswer, type EventBatch } from "@mochila/shared/activity/event.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { LocalDatabase } from "../db/local.ts";
import { backoffMs } from "../sync/backoff.ts";
import { readError } from "../sync/request.ts";
import { acknowledge, type Batch, beginNewStream, nextBatch, sendAgainFrom } from "./queue.ts";

/** Events are gathered for so long: a page opened and a page left go together. */
const GATHER_MS = 3_000;
/** What browsers send after a page is gone. */
const KEEPALIVE_BYTES_MAX = 60_000;

export interface SenderOptions {
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly random: Random;
  accessToken(options: { renew: boolean }): Promise<string | null>;
  /** Only the leader sends. */
  leads(): boolean;
}

export interface EventSender {
  /** Something was recorded, or the network is back: sends soon. */
  kick(): void;
  /** The page is being hidden: sends now, also while the page goes away. */
  flush(): void;
  stop(): void;
}

/**
 * Duty: every recorded event reaches the server once.
 * Invariant: one batch at a time, in the order of numbers; a number is forgotten only after the server's word. A batch that was sent twice
 * is the same batch, and the server counts numbers, so a lost answer doubles nothing.
 */
export function makeSender(options: SenderOptions): EventSender {
  const { local, clock, random } = options;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  let again = false;
  let attempt = 0;
  let stopped = false;

  const maySend = () => !stopped && options.leads();
  const later = (ms: number) => {
    if (stopped) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void run(false), ms);
  };

  async function run(keepalive: boolean): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    if (running) {
      again = true;
      return;
    }
    if (!maySend()) return;
    running = true;
    again = false;
    try {
      const waitMs = await sendAll(keepalive);
      attempt = waitMs === null ? 0 : attempt + 1;
      if (waitMs !== null) later(waitMs);
    } finally {
      running = false;
    }
    if (again) later(GATHER_MS);
  }

  /** Null when everything is sent; else when to try again, in milliseconds. */
  async function sendAll(keepalive: boolean): Promise<number | null> {
    for (let batch = await nextBatch(local); batch && maySend(); batch = await nextBatch(local)) {
      const outcome = await sendBatch(options, batch, keepalive);
      if (outcome.kind === "retry") return backoffMs(attempt, random, outcome.retryAfterMs);
      if (outcome.kind === "accepted") await acknowledge(local, { stream: batch.stream, accepted: outcome.accepted, at: clock.now() });
      else if (outcome.kind === "fork" || !(await sendAgainFrom(local, batch.stream, outcome.expected))) await beginNewStream(local, batch.stream, { clock, random });
    }
    return null;
  }

  return {
    kick: () => {
      if (!timer && !running) later(GATHER_MS);
      else again = true;
    },
    flush: () => void run(true),
    stop: () => {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}

type Outcome =
  | { readonly kind: "accepted"; readonly accepted: number }
  | { readonly kind: "gap"; readonly expected: number }
  | { readonly kind: "fork" }
  | { readonly kind: "retry"; readonly retryAfterMs: number };

async function sendBatch(options: SenderOptions, { stream, follows, events }: Batch, keepalive: boolean): Promise<Outcome> {
  const batch: EventBatch = { stream, ...(follows === null ? {} : { follows }), sentAt: Math.floor(options.clock.now()), events: events.map(({ event }) => event) };
  try {
    const body = await gzip(JSON.stringify(batch));
    let answer = await post(options, { body, keepalive, renew: false });
    if (answer?.status === 401) answer = await post(options, { body, keepalive, renew: true });
    if (!answer) return { kind: "retry", retryAfterMs: 0 };
    if (answer.ok) return { kind: "accepted", accepted: EventAnswer.parse(await answer.json()).accepted };
    const { code, details, retryAfterMs = 0 } = await readError(answer);
    if (code === "event_gap") return { kind: "gap", expected: Number(details["expected"]) };
    if (code === "stream_forked") return { kind: "fork" };
    return { kind: "retry", retryAfterMs };
  } catch {
    return { kind: "retry", retryAfterMs: 0 };
  }
}

async function post(options: SenderOptions, { body, keepalive, renew }: { body: Blob; keepalive: boolean; renew: boolean }): Promise<Response | null> {
  const token = await options.accessToken({ renew });
  if (token === null) return null;
  return fetch("/api/events", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "content-encoding": "gzip" },
    body,
    credentials: "omit",
    keepalive: keepalive && body.size < KEEPALIVE_BYTES_MAX,
  });
}

const gzip = (text: string): Promise<Blob> => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
