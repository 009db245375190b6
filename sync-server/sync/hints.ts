import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Log } from "../log.ts";
import { type HintCarrier, PAYLOAD_CHARACTERS_MAX } from "./hint-carrier.ts";

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

/** Whoever carries them takes at most 20 a second of each process. */
const GATHER_MS = 50;

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
 * Tells this process at once and all others of the school within 50 ms and the way of the carrier, which is closed with the service.
 * What breaks: the way to the others. This process is told all the same; hints of the time between are lost, and devices look by
 * themselves every 30 s.
 */
export function createHints({ carrier, random, log }: { carrier: HintCarrier; random: Random; log: Log }): HintService {
  const instance = newRev({ random });
  const listeners = new Set<(scopes: ReadonlySet<string>) => void>();
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let sending: Promise<void> = Promise.resolve();
  let failing = false;
  let listening = false;

  const tell = (scopes: ReadonlySet<string>) => {
    for (const listener of listeners) listener(scopes);
  };
  const send = async () => {
    const payloads = payloadsOf(instance, waiting);
    waiting.clear();
    try {
      for (const payload of payloads) await carrier.send(payload);
      failing = false;
    } catch (error) {
      if (!failing) log.warn("hints_not_sent", { reason: error instanceof Error ? error.message : String(error) });
      failing = true;
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
      if (carrier.alone) return;
      for (const scope of scopes) waiting.add(scope);
      timer ??= setTimeout(() => void flush(), GATHER_MS);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listen: async () => {
      if (listening) return;
      listening = true;
      await carrier.listen(hear);
    },
    close: async () => {
      if (waiting.size > 0) await flush();
      await sending;
      await carrier.close();
      listeners.clear();
    },
  };
}
