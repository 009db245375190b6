import { EventAnswer } from "@mochila/shared/activity/event-answer.ts";
import type { EventBatch } from "@mochila/shared/activity/event-batch.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import type { LocalDatabase } from "../db/local.ts";
import { backoffMs } from "../sync/backoff.ts";
import { readError } from "../sync/request.ts";
import { acknowledge, type Batch, beginNewStream, nextBatch, park, sendAgainFrom } from "./queue.ts";

/** Events are gathered for so long: a page opened and a page left go together. */
const GATHER_MS = 3_000;
/** What browsers send after a page is gone. */
const KEEPALIVE_BYTES_MAX = 60_000;
/** A batch takes seconds on the slowest line; longer is a connection that is dead without saying so. */
const BATCH_MS_MAX = 60_000;
/** More than these, one after the other, is no bad event but a server that refuses all of them: from here on one a wait. */
const PARKED_IN_A_ROW_MAX = 20;

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
 * What breaks: a batch is refused for good. It is halved until one event stands alone; that one is parked, and the others go on. A stream
 * that is not ours here is left for a new one, once: if that is refused too, the reason is not the stream, and time must pass.
 */
export function makeSender(options: SenderOptions): EventSender {
  const { local, clock, random } = options;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  let again = false;
  let attempt = 0;
  /** Events of the next batch; halved while the server refuses them, whole again after it took some. */
  let most = EVENTS_PER_BATCH_MAX;
  let parkedInARow = 0;
  /** The last answer was "not your stream". */
  let disowned = false;
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
    } catch (error) {
      // The device's storage failed, or was closed by a sign-out: everything is still in the queue.
      if (!stopped) {
        console.error(error);
        later(backoffMs(attempt++, random));
      }
    } finally {
      running = false;
    }
    if (again) later(GATHER_MS);
  }

  /** Null when everything is sent; else when to try again, in milliseconds. */
  async function sendAll(keepalive: boolean): Promise<number | null> {
    for (let batch = await nextBatch(local, most); batch && maySend(); batch = await nextBatch(local, most)) {
      const outcome = await sendBatch(options, batch, keepalive);
      if (outcome.kind === "retry" || (outcome.kind === "disowned" && disowned)) return backoffMs(attempt, random, outcome.retryAfterMs);
      await settle(batch, outcome);
      if (parkedInARow > PARKED_IN_A_ROW_MAX) return backoffMs(attempt, random);
    }
    return null;
  }

  /** What the server's word about a batch does to the queue. Every way leaves a shorter queue, a smaller batch or another stream. */
  async function settle(batch: Batch, outcome: Exclude<Outcome, { kind: "retry" }>): Promise<void> {
    disowned = outcome.kind === "disowned";
    const [only] = batch.events;
    switch (outcome.kind) {
      case "accepted":
        [most, parkedInARow] = [EVENTS_PER_BATCH_MAX, 0];
        await acknowledge(local, { stream: batch.stream, accepted: outcome.accepted, at: clock.now() });
        return;
      case "refused":
        if (batch.events.length > 1 || !only) {
          most = Math.max(1, batch.events.length >> 1);
          return;
        }
        parkedInARow += 1;
        await park(local, { stream: batch.stream, queued: only, code: outcome.code }, { clock, random });
        return;
      case "gap":
        if (await sendAgainFrom(local, batch.stream, outcome.expected)) return;
        break;
      case "fork":
      case "disowned":
        break;
    }
    await beginNewStream(local, batch.stream, { clock, random });
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
  /** The stream is another person's. */
  | { readonly kind: "disowned"; readonly retryAfterMs: number }
  /** No repetition changes it. */
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "retry"; readonly retryAfterMs: number };

async function sendBatch(options: SenderOptions, { stream, follows, events }: Batch, keepalive: boolean): Promise<Outcome> {
  const batch: EventBatch = { stream, ...(follows === null ? {} : { follows }), sentAt: Math.max(0, Math.floor(options.clock.now())), events: events.map(({ event }) => event) };
  try {
    const body = await gzip(JSON.stringify(batch));
    let answer = await post(options, { body, keepalive, renew: false });
    if (answer?.status === 401) answer = await post(options, { body, keepalive, renew: true });
    if (!answer) return { kind: "retry", retryAfterMs: 0 };
    if (answer.ok) return { kind: "accepted", accepted: EventAnswer.parse(await answer.json()).accepted };
    const { ours, code, details, retryAfterMs = 0 } = await readError(answer);
    if (code === "event_gap") return { kind: "gap", expected: Number(details["expected"]) };
    if (code === "stream_forked") return { kind: "fork" };
    if (ours && code === "forbidden") return { kind: "disowned", retryAfterMs };
    if (code === "too_large" || (ours && code === "invalid_input")) return { kind: "refused", code };
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
    signal: AbortSignal.timeout(BATCH_MS_MAX),
    keepalive: keepalive && body.size < KEEPALIVE_BYTES_MAX,
  });
}

const gzip = (text: string): Promise<Blob> => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
