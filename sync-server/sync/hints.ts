import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";

/** Scopes in which something changed. A hint carries no document; losing one loses time, never data. */
export interface Hints {
  /** Call after the commit. */
  publish(scopes: readonly string[]): void;
  /** Returns what ends the subscription. A listener must not throw. */
  subscribe(listener: (scopes: ReadonlySet<string>) => void): () => void;
}

export interface HintService extends Hints {
  /** Hears other processes from then on. Without it this process only tells. */
  listen(): Promise<void>;
  /** Sends what waits, then stops. */
  close(): Promise<void>;
}

const CHANNEL = "mochila_hints";
/** NOTIFY takes a lock that all commits of the cluster share: at most 20 a second, never inside a write transaction. */
const GATHER_MS = 50;
/** Postgres takes 8,000 bytes. */
const PAYLOAD_CHARACTERS_MAX = 7_500;

/** `<instance> <scope>,<scope>…`, as many as the scopes need. */
function payloadsOf(instance: string, scopes: Iterable<string>): string[] {
  const payloads: string[] = [];
  let payload = "";
  for (const scope of scopes) {
    if (payload.length + scope.length + 1 > PAYLOAD_CHARACTERS_MAX) {
      payloads.push(payload);
      payload = "";
    }
    payload += payload === "" ? `${instance} ${scope}` : `,${scope}`;
  }
  if (payload !== "") payloads.push(payload);
  return payloads;
}

/**
 * Tells this process at once and all others of the database within 50 ms.
 * What breaks: the connection that listens. The driver makes it again; hints of the time between are lost, and devices look by
 * themselves every 30 s.
 */
export function createHints({ database, random, log }: { database: Database; random: Random; log: Log }): HintService {
  const instance = newRev({ random });
  const listeners = new Set<(scopes: ReadonlySet<string>) => void>();
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let sending: Promise<void> = Promise.resolve();
  let stop: (() => Promise<void>) | null = null;

  const tell = (scopes: ReadonlySet<string>) => {
    for (const listener of listeners) listener(scopes);
  };
  const send = async () => {
    const payloads = payloadsOf(instance, waiting);
    waiting.clear();
    try {
      for (const payload of payloads) await database.sql`select pg_notify(${CHANNEL}, ${payload})`;
    } catch (error) {
      log.warn("hints_not_sent", { reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sending = sending.then(send);
    return sending;
  };
  const hear = (payload: string) => {
    const [sender, names = ""] = payload.split(" ");
    if (sender !== instance && names !== "") tell(new Set(names.split(",")));
  };
  return {
    publish: (scopes) => {
      if (scopes.length === 0) return;
      tell(new Set(scopes));
      for (const scope of scopes) waiting.add(scope);
      timer ??= setTimeout(() => void flush(), GATHER_MS);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listen: async () => {
      stop ??= (await database.sql.listen(CHANNEL, hear)).unlisten;
    },
    close: async () => {
      if (waiting.size > 0) await flush();
      await sending;
      await stop?.();
      stop = null;
      listeners.clear();
    },
  };
}
