import { once } from "node:events";
import { createServer, connect, type Server, type Socket } from "node:net";

export interface LinkShape {
  /** Bits a second in each direction, shared by all connections of that direction; null: as fast as the machine. */
  readonly bitsPerSecond: number | null;
  /** Added to each direction: half of the round trip. */
  readonly delayMs: number;
}

const PIECE_BYTES = 1_460;

/**
 * One direction of a link: pieces leave in order, no faster than the rate, and arrive after the delay.
 * `#freeAt` is when the wire is idle again; shared by all connections, so that two downloads halve each other.
 */
class Wire {
  #freeAt = 0;
  bytes = 0;

  constructor(private readonly shape: LinkShape) {}

  carry(piece: Buffer, arrive: () => void): void {
    this.bytes += piece.length;
    const now = performance.now();
    const seconds = this.shape.bitsPerSecond === null ? 0 : (piece.length * 8) / this.shape.bitsPerSecond;
    this.#freeAt = Math.max(this.#freeAt, now) + seconds * 1_000;
    setTimeout(arrive, this.#freeAt - now + this.shape.delayMs);
  }
}

/** A TCP link to a server on this machine with a rate and a delay, cut and mended at will. */
export class SlowLink {
  readonly #up: Wire;
  readonly #down: Wire;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #cut = false;

  constructor(private readonly target: { host: string; port: number }, shape: LinkShape) {
    this.#up = new Wire(shape);
    this.#down = new Wire(shape);
  }

  async open(): Promise<number> {
    const server = createServer((near) => this.#join(near));
    this.#server = server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the link has no port");
    return address.port;
  }

  /** Bytes carried since it was opened, both ways. */
  get bytes(): { up: number; down: number } {
    return { up: this.#up.bytes, down: this.#down.bytes };
  }

  /** Ends all connections and refuses new ones until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    const server = this.#server;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #join(near: Socket): void {
    if (this.#cut) return void near.destroy();
    const far = connect(this.target);
    this.#pipe(near, far, this.#up);
    this.#pipe(far, near, this.#down);
  }

  #pipe(from: Socket, to: Socket, wire: Wire): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (data: Buffer) => {
      from.pause();
      let waiting = 0;
      for (let start = 0; start < data.length; start += PIECE_BYTES) {
        waiting += 1;
        const piece = data.subarray(start, start + PIECE_BYTES);
        wire.carry(piece, () => {
          if (!to.destroyed) to.write(piece);
          waiting -= 1;
          if (waiting === 0) from.resume();
        });
      }
    });
    // The end travels behind the last piece, as data does.
    from.on("end", () => wire.carry(Buffer.alloc(0), () => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      wire.carry(Buffer.alloc(0), () => to.destroy());
    });
  }
}
