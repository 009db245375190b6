import { Hint } from "@mochila/shared/sync/hint.ts";
import { HINT_DEBOUNCE_MS } from "@mochila/shared/limits.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { backoffMs } from "./backoff.ts";
import { parseEventStream } from "./event-stream.ts";

export interface HintOptions {
  openStream(token: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null>;
  accessToken(): Promise<string | null>;
  readonly random: Random;
  /** Resolves after `ms` or earlier; with true where waits begin anew, as when the network comes back. */
  wait(ms: number): Promise<boolean>;
  /** Cut short by nothing. */
  gather(ms: number): Promise<void>;
  /** Something changed in these collections; empty: anything may have. */
  onHint(collections: readonly string[]): void;
}

/** A stream that lived this long was a good one: the next try is a first try again. */
const LIVED_MS = 3_000;

/**
 * Listens until `signal` ends. Hints only save time, so every failure is answered with a later try and nothing else.
 * They are gathered for a second and a bit, so that a class does not answer one change in the same instant (DECISIONS 36).
 */
export async function listenForHints(options: HintOptions & { monotonic(): number }, signal: AbortSignal): Promise<void> {
  const told = gatherHints(options);
  for (let attempt = 0, connected = 0; !signal.aborted; attempt += 1) {
    const started = options.monotonic();
    // The device's storage may fail for a moment.
    const token = await options.accessToken().catch(() => null);
    if (token !== null && !signal.aborted) {
      try {
        const stream = await options.openStream(token, signal);
        if (stream) {
          // What happened while nobody listened.
          if (connected > 0) told([]);
          connected += 1;
          for await (const event of parseEventStream(stream)) {
            if (event.name === "end") break;
            const hint = event.name === "hint" ? parseHint(event.data) : null;
            if (hint) told(hint.collections);
          }
        }
      } catch {
        // The network went, or the signal ended.
      }
    }
    if (options.monotonic() - started > LIVED_MS) attempt = 0;
    if (!signal.aborted && (await options.wait(backoffMs(attempt, options.random)))) attempt = -1;
  }
}

function parseHint(data: string): Hint | null {
  try {
    const parsed = Hint.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function gatherHints({ random, gather, onHint }: HintOptions): (collections: readonly string[]) => void {
  let gathered: Set<string> | null = null;
  let everything = false;
  return (collections) => {
    everything ||= collections.length === 0;
    for (const name of collections) gathered?.add(name);
    if (gathered) return;
    gathered = new Set(collections);
    void gather(HINT_DEBOUNCE_MS * (0.5 + random.fraction())).then(() => {
      const names = everything ? [] : [...(gathered ?? [])];
      gathered = null;
      everything = false;
      onHint(names);
    });
  };
}
