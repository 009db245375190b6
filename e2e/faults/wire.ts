import type { Socket } from "node:net";

export interface LinkShape {
  /** Bits a second in each direction, shared by all connections of that direction; null: as fast as the machine. */
  readonly bitsPerSecond?: number | null;
  /** Added to each direction: half of the round trip. */
  readonly delayMs?: number;
  /** Added on top, evenly between nothing and this. Pieces of one connection stay in order all the same. */
  readonly jitterMs?: number;
  /** Between 0 and 1, for the jitter. */
  readonly random?: () => number;
}

const PIECE_BYTES = 1_460;

/**
 * One direction of a link: pieces leave in order, no faster than the rate, and arrive after the delay.
 * `#freeAt` is when the wire is idle again; shared by all connections, so that two downloads halve each other.
 */
export class Wire {
  #freeAt = 0;
  #held: (() => void)[] | null = null;
  bytes = 0;

  constructor(private readonly shape: LinkShape) {}

  /** What arrives from now on waits for `release`: a partition, in which TCP repeats until somebody gives up. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const arrive of held) arrive();
  }

  carry(length: number, arrive: () => void): void {
    const { bitsPerSecond = null, delayMs = 0, jitterMs = 0, random = Math.random } = this.shape;
    this.bytes += length;
    const now = performance.now();
    const seconds = bitsPerSecond === null ? 0 : (length * 8) / bitsPerSecond;
    this.#freeAt = Math.max(this.#freeAt, now) + seconds * 1_000;
    const waitMs = this.#freeAt - now + delayMs + jitterMs * random();
    const land = () => (this.#held ? void this.#held.push(arrive) : arrive());
    if (waitMs > 0) setTimeout(land, waitMs);
    else land();
  }
}

/** What goes on of what came, and whether the connection ends behind it. */
export interface Passing {
  readonly data: Buffer;
  readonly cuts: boolean;
}

export interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly wire: Wire;
  /** Sees what is about to leave. */
  readonly tap: (data: Buffer) => Passing;
  readonly cut: () => void;
}

/** Carries what `from` says to `to`. The end of a connection travels behind its last piece, as data does. */
export function pipe({ from, to, wire, tap, cut }: Pipe): void {
  // Timers of different length may fire in another order than that of their times: each arrival takes the oldest that is under way.
  const underWay: (() => void)[] = [];
  const send = (length: number, action: () => void) => {
    underWay.push(action);
    wire.carry(length, () => underWay.shift()?.());
  };
  from.setNoDelay(true);
  from.on("data", (data: Buffer) => {
    const { data: passing, cuts } = tap(data);
    for (let start = 0; start < passing.length; start += PIECE_BYTES) {
      const piece = passing.subarray(start, start + PIECE_BYTES);
      from.pause();
      const last = start + PIECE_BYTES >= passing.length;
      send(piece.length, () => {
        if (!to.destroyed) to.write(piece);
        if (last) from.resume();
      });
    }
    if (cuts) send(0, cut);
  });
  from.on("end", () => send(0, () => to.end()));
  from.on("error", () => send(0, () => to.resetAndDestroy()));
  from.on("close", () => send(0, () => to.destroy()));
}
