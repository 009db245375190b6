import type { Random } from "@mochila/shared/kernel/random.ts";
import { type Log, reasonOf } from "../log.ts";
import { HINT_CHANNEL, type HintCarrier } from "./hint-carrier.ts";

/** The start does not wait longer for a Redis that is silent. */
const CONNECT_MS_MAX = 2_000;
const RETRY_MS_FIRST = 100;
/** A Redis that hangs, or a network that lost our connection without a word: two questions without an answer. */
const PING_MS = 5_000;
const SILENT_MS_MAX = 2 * PING_MS + 1_000;
/** Devices look by themselves every 30 s; a way that is open again should be found well before. */
const RETRY_MS_MAX = 5_000;
/** The address leads to a Redis that will never take us: a wrong password, user or number of database. */
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR DB index|ERR invalid DB index|ERR Client sent AUTH)/;

/**
 * Through the Redis at `url`, for schools of many instances; its library is loaded here and only then.
 * Duty: one connection that publishes and listens.
 * What breaks: Redis is away, at the start or later. Texts are lost meanwhile; nobody waits and nothing fails.
 * How it recovers: it is tried again with growing pauses for ever, and listens again by itself. One line in the log for each outage.
 * Throws one clear sentence for an address whose Redis refuses us at the start: that does not mend itself.
 */
export async function openRedisCarrier(url: string, { random, log }: { random: Random; log: Log }): Promise<HintCarrier> {
  const { createClient } = await import("@redis/client");
  let starting = true;
  let away = false;
  const pauseMs = (tries: number) => Math.round(Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(tries, 10)) * (0.5 + random.fraction() / 2));
  const stopsStart = (error: Error) => starting && REFUSED.test(error.message);
  const unusable = (cause: Error) => new Error(`Mochila cannot use the Redis of REDIS_URL (${new URL(url).host}): ${reasonOf(cause)}.`, { cause });
  const client = createClient({
    url,
    // What could not be sent now is worth nothing later.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    pingInterval: PING_MS,
    socket: { connectTimeout: CONNECT_MS_MAX, socketTimeout: SILENT_MS_MAX, reconnectStrategy: (tries, cause) => (stopsStart(cause) ? cause : pauseMs(tries)) },
  });
  await new Promise<void>((resolve, reject) => {
    const noteAway = (reason: string) => {
      if (!away) log.warn("hints_away", { reason });
      away = true;
      starting = false;
      resolve();
    };
    const silence = setTimeout(noteAway, CONNECT_MS_MAX, "no answer");
    client.on("error", (error: Error) => {
      clearTimeout(silence);
      if (stopsStart(error)) reject(unusable(error));
      else noteAway(reasonOf(error));
    });
    client.on("ready", () => {
      clearTimeout(silence);
      if (away) log.info("hints_back");
      away = false;
      starting = false;
      resolve();
    });
    // How it goes is told by these events.
    client.connect().catch(() => undefined);
  });
  return {
    send: async (payload) => {
      if (!client.isReady) return;
      await client.publish(HINT_CHANNEL, payload).catch((error: unknown) => {
        // The outage that took it has its line already.
        if (client.isReady) throw error;
      });
    },
    listen: async (hear) => {
      const subscribe = async () => {
        try {
          await client.subscribe(HINT_CHANNEL, hear);
          // From now on the client does so itself after each outage.
          client.off("ready", again);
        } catch (error) {
          if (error instanceof Error && REFUSED.test(error.message)) throw unusable(error);
        }
      };
      const again = () => void subscribe().catch((error: unknown) => log.error("hints_refused", { reason: reasonOf(error) }));
      client.on("ready", again);
      if (client.isReady) await subscribe();
    },
    close: () => {
      // What is on its way fails now, and that is no outage.
      away = true;
      if (client.isOpen) client.destroy();
      return Promise.resolve();
    },
  };
}
