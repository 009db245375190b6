import { connect, type Socket } from "node:net";

/** A statement ends by its own bound of 10 s, so the answer to it, or to its end, is due by then. */
const SILENT_LOOKS_MAX = 12;
const LOOK_MS = 1_000;

interface Watched {
  readonly socket: Socket;
  /** Of what was written when the last answer came. */
  answeredAt: number;
  /** Looks are counted, not seconds: after this process stood still, what has arrived meanwhile is read only after the next look. */
  silentLooks: number;
}

/** The part of the driver's settings that says where PostgreSQL is. */
interface Place {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
  readonly ssl?: unknown;
}

/**
 * Duty: opens the connections of a pool, and ends one that was asked something and is silent.
 * What breaks: the machine of PostgreSQL, or a router before it, is gone without a word. TCP repeats what was sent for a quarter of an hour, the
 * driver waits, the pool is full of such connections, and every request of every device waits with it.
 * How it recovers: the connection ends with ETIMEDOUT, so that requests are told to come again, and the driver makes a new one.
 * Connections with TLS are not watched: the driver takes their socket apart.
 */
export class WatchedSockets {
  readonly #watched = new Set<Watched>();
  #looking: NodeJS.Timeout | undefined;
  #unbounded = 0;
  #opened = 0;

  constructor(private readonly lookMs = LOOK_MS) {}

  /** While `work` runs, no connection is called dead: its statements have no bound of time. */
  async unbounded<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#unbounded += 1;
    try {
      return await work();
    } finally {
      this.#unbounded -= 1;
    }
  }

  /** For the driver: one connection that is being made, to one host after the other. */
  readonly open = ({ host, port, path, ssl }: Place): Socket => {
    const at = this.#opened++ % host.length;
    const socket = path ? connect(path) : connect({ port: port[at] ?? 5_432, host: host[at] ?? "localhost" });
    if (ssl) return Object.assign(socket, { host: host[at], port: port[at] });
    this.#watch(socket);
    return socket;
  };

  #watch(socket: Socket): void {
    const watched: Watched = { socket, answeredAt: 0, silentLooks: 0 };
    this.#watched.add(watched);
    socket.on("data", () => {
      watched.answeredAt = socket.bytesWritten;
      // A busy connection waits for some answer whenever one looks.
      watched.silentLooks = 0;
    });
    this.#looking ??= setInterval(() => this.#look(), this.lookMs).unref();
  }

  /** One timer for all: each wakes the process. */
  #look(): void {
    for (const watched of this.#watched) {
      const { socket } = watched;
      const waits = socket.bytesWritten > watched.answeredAt && this.#unbounded === 0;
      watched.silentLooks = waits ? watched.silentLooks + 1 : 0;
      if (watched.silentLooks > SILENT_LOOKS_MAX) socket.destroy(Object.assign(new Error("PostgreSQL is silent"), { code: "ETIMEDOUT" }));
      if (socket.destroyed) this.#watched.delete(watched);
    }
    if (this.#watched.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}
