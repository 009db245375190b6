import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type LinkShape, type Passing, pipe, Wire } from "./wire.ts";

/**
 * What happens to one request of HTTP/1.1 (a connection whose other side was the last to speak, and which speaks again).
 * `cutRequestAfter: 0`: the server has nothing of it. `cutAnswerAfter: 0`: the server has answered, so what it does is done, and the
 * device hears nothing. `duplicate`: the same bytes come on a second connection too, at once, or when the first has its answer.
 */
export type RequestFault =
  | { readonly cutRequestAfter: number }
  | { readonly cutAnswerAfter: number }
  | { readonly duplicate: "at-once" | "after-answer" };

/** Sees the beginning of each request, the line first. */
export type FaultOf = (head: string) => RequestFault | undefined;

const HEAD_BYTES_MAX = 512;

/**
 * A TCP link to a server on this machine: slow, uneven, cut, silent in one direction or both, half-open, and with faults at a request.
 * Nothing in it reads more of HTTP than where a request begins.
 */
export class TcpProxy {
  faultOf: FaultOf = () => undefined;
  readonly #up: Wire;
  readonly #down: Wire;
  readonly #sockets = new Set<Socket>();
  /** Repetitions under way, each until the server has answered it. */
  readonly #repetitions = new Set<Promise<void>>();
  #server: Server | null = null;
  #state: "open" | "cut" | "half-open" = "open";

  /** `localAddress`: as which of this machine's addresses the server shall see us. */
  constructor(private readonly target: { host: string; port: number; localAddress?: string }, shape: LinkShape = {}) {
    this.#up = new Wire(shape);
    this.#down = new Wire(shape);
  }

  async open(): Promise<number> {
    // Half of a connection may end before the other, as in life.
    const server = createServer({ allowHalfOpen: true }, (near) => this.#join(near));
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

  /** Resets all connections, and new ones until `mend`. */
  cut(): void {
    this.#state = "cut";
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets all connections; new ones are taken. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** As when a router on the way forgets: present and new connections are open and swallow what comes, until `mend` resets them. */
  halfOpen(): void {
    this.#state = "half-open";
    this.#up.hold();
    this.#down.hold();
  }

  /** Bytes of this direction wait until `mend`. New connections are taken: of a real one only the first packet would wait. */
  partition(direction: "up" | "down" | "both"): void {
    if (direction !== "down") this.#up.hold();
    if (direction !== "up") this.#down.hold();
  }

  mend(): void {
    if (this.#state === "half-open") this.reset();
    this.#state = "open";
    this.#up.release();
    this.#down.release();
  }

  /** Resolves when every repetition of a request has been answered or refused. */
  async settled(): Promise<void> {
    await Promise.all(this.#repetitions);
  }

  async close(): Promise<void> {
    this.cut();
    const server = this.#server;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.once("close", () => this.#sockets.delete(socket));
  }

  #join(near: Socket): void {
    this.#keep(near);
    near.on("error", () => undefined);
    if (this.#state === "cut") return void near.resetAndDestroy();
    if (this.#state === "half-open") return void near.resume();
    const far = this.#keep(connect({ ...this.target, allowHalfOpen: true }));
    const requests = new Requests({
      faultOf: (head) => this.faultOf(head),
      repeat: () => this.#openRepetition(),
    });
    const cut = () => {
      near.resetAndDestroy();
      far.destroy();
    };
    pipe({ from: near, to: far, wire: this.#up, tap: (data) => requests.up(data), cut });
    pipe({ from: far, to: near, wire: this.#down, tap: (data) => requests.down(data), cut });
  }

  #openRepetition(): Socket {
    const twin = this.#keep(connect(this.target));
    twin.on("error", () => undefined);
    // Its answer is nobody's; it has begun, so the work is done.
    twin.once("data", () => twin.destroy());
    const over = new Promise<void>((resolve) => twin.once("close", () => resolve()));
    this.#repetitions.add(over);
    twin.once("close", () => this.#repetitions.delete(over));
    return twin;
  }
}

interface RequestHooks {
  readonly faultOf: FaultOf;
  readonly repeat: () => Socket;
}

/** The requests of one connection, one after the other, each with its fault. */
class Requests {
  #fault: RequestFault | undefined;
  #asking = false;
  #passed = 0;
  #twin: Socket | null = null;
  #said: Buffer[] = [];

  constructor(private readonly hooks: RequestHooks) {}

  up(data: Buffer): Passing {
    if (!this.#asking) this.#begin(data);
    if (!this.#fault) return { data, cuts: false };
    if ("cutRequestAfter" in this.#fault) return this.#pass(data, this.#fault.cutRequestAfter);
    this.#twin?.write(data);
    if ("duplicate" in this.#fault && this.#fault.duplicate === "after-answer") this.#said.push(data);
    return { data, cuts: false };
  }

  down(data: Buffer): Passing {
    this.#asking = false;
    if (this.#fault && "cutAnswerAfter" in this.#fault) return this.#pass(data, this.#fault.cutAnswerAfter);
    if (this.#said.length > 0) this.hooks.repeat().write(Buffer.concat(this.#said.splice(0)));
    return { data, cuts: false };
  }

  #begin(data: Buffer): void {
    this.#asking = true;
    this.#passed = 0;
    this.#said = [];
    this.#fault = this.hooks.faultOf(data.subarray(0, HEAD_BYTES_MAX).toString("latin1"));
    this.#twin = this.#fault && "duplicate" in this.#fault && this.#fault.duplicate === "at-once" ? this.hooks.repeat() : null;
  }

  /** Of the direction that the fault is about; the other passes. */
  #pass(data: Buffer, max: number): Passing {
    const rest = max - this.#passed;
    this.#passed += data.length;
    return data.length < rest ? { data, cuts: false } : { data: data.subarray(0, rest), cuts: true };
  }
}
