import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import type { Hint } from "@mochila/shared/sync/hint.ts";
import type { Database } from "../db/database.ts";
import type { Hints } from "./hints.ts";
import { heldInSession } from "./standing.ts";

/** Shorter than the idle time-outs of phones' networks and of gateways (30 s and more). */
const HEARTBEAT_MS = 25_000;
/** A device that lost its network leaves a stream behind until TCP notices: the oldest goes when a person opens one more. */
const STREAMS_PER_PERSON_MAX = 8;

export interface StreamRequest {
  readonly userId: string;
  /** The stream ends with it. */
  readonly sessionId: string;
  /** When the access token ends, milliseconds since 1970. */
  readonly expiresAt: number;
  /** Aborted when the other side is gone. */
  readonly signal: AbortSignal;
}

export interface StreamDependencies {
  readonly database: Database;
  readonly hints: Hints;
  readonly clock: Clock;
  /** Names of all collections: a hint names scopes, and a device asks for all collections in one request anyway. */
  readonly collections: readonly string[];
}

export interface Streams {
  /** Answers `text/event-stream`. Throws `session_ended` when the session is over or its person is not active. */
  open(request: StreamRequest): Promise<Response>;
  /** Ends all of them, for a stop of the server. */
  closeAll(): void;
}

const text = new TextEncoder();

/**
 * Server-sent hints. Invariant: a person is hinted about scopes they hold now, so a change of their grants is read before the next
 * hint. What breaks: a slow reader; its hints are gathered into one, because one says as much as ten.
 */
export function createStreams({ database, hints, clock, collections }: StreamDependencies): Streams {
  const open = new Map<string, Set<Stream>>();
  const remove = (userId: string, stream: Stream) => {
    const streams = open.get(userId);
    streams?.delete(stream);
    if (streams?.size === 0) open.delete(userId);
  };
  return {
    open: async ({ userId, sessionId, expiresAt, signal }) => {
      const readHeld = () => heldInSession(database.sql, { userId, sessionId });
      const stream = new Stream({ collections: [...collections] }, await readHeld(), readHeld);
      const streams = open.get(userId) ?? new Set();
      open.set(userId, streams.add(stream));
      const [oldest] = streams;
      if (streams.size > STREAMS_PER_PERSON_MAX) oldest?.end();
      const unsubscribe = hints.subscribe((scopes) => stream.touched(scopes, personScope(userId)));
      const heartbeat = setInterval(() => stream.write(": \n\n"), HEARTBEAT_MS);
      const expiry = setTimeout(() => stream.end(), Math.max(0, expiresAt - clock.now()));
      stream.whenEnded(() => {
        unsubscribe();
        clearInterval(heartbeat);
        clearTimeout(expiry);
        remove(userId, stream);
      });
      signal.addEventListener("abort", () => stream.end(), { once: true });
      return new Response(stream.body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" } });
    },
    closeAll: () => {
      for (const streams of [...open.values()]) for (const stream of [...streams]) stream.end();
    },
  };
}

class Stream {
  readonly body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #onEnd: (() => void)[] = [];
  #ended = false;
  #hintWaits = false;

  constructor(
    private readonly hint: Hint,
    private held: ReadonlySet<string>,
    private readonly readHeld: () => Promise<ReadonlySet<string>>,
  ) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          // Sent at once, so that the device knows that the stream stands.
          controller.enqueue(text.encode(": open\n\n"));
        },
        pull: () => {
          if (this.#hintWaits) this.#sendHint();
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 4 },
    );
  }

  /** `own` is touched when the person's grants changed or a session of theirs ended: both are read again first. */
  touched(scopes: ReadonlySet<string>, own: string): void {
    if (!scopes.has(own)) {
      if ([...scopes].some((scope) => this.held.has(scope))) this.#sendHint();
      return;
    }
    this.readHeld().then(
      (held) => {
        this.held = held;
        this.#sendHint();
      },
      // Signed out, suspended, or the database is away: the device comes back with its token and is told.
      () => this.end(),
    );
  }

  write(chunk: string): void {
    if (!this.#ended && (this.#controller?.desiredSize ?? 0) > 0) this.#controller?.enqueue(text.encode(chunk));
  }

  #sendHint(): void {
    this.#hintWaits = (this.#controller?.desiredSize ?? 0) <= 0;
    this.write(`event: hint\ndata: ${JSON.stringify(this.hint)}\n\n`);
  }

  whenEnded(work: () => void): void {
    this.#onEnd.push(work);
  }

  end(): void {
    if (this.#ended) return;
    this.write("event: end\ndata: {}\n\n");
    this.#ended = true;
    for (const work of this.#onEnd) work();
    try {
      this.#controller?.close();
    } catch {
      // The reader went first and the stream is closed already.
    }
  }
}
