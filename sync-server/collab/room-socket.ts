import type { Duplex } from "node:stream";
import * as Y from "yjs";
import type { RawData, WebSocket } from "ws";
import { closeCodes } from "@mochila/shared/collab/room-messages.ts";
import { AWARENESS_PER_SECOND_MAX, ROOM_UPDATE_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Log } from "../log.ts";
import type { Room, RoomPeer, Taken } from "./room.ts";
import { durableMessage, readMessage, step1Frame, step2Frame, updateFrame } from "./room-messages.ts";
import type { TicketHolder } from "./ticket.ts";
import { binaryFrame } from "./wire-frame.ts";

const STRIKES_MAX = 3;
/** What waits to be decoded and stored of one socket; past it the socket is not read. */
const UNSETTLED_BYTES_MAX = 2 * 1024 * 1024;
/** What waits to be sent to a slow reader; past it they come again and ask for what they lack. */
const UNSENT_BYTES_MAX = 8 * 1024 * 1024;
/** A whole document is encoded for each step 1; an editor sends one a connection. */
const STEPS_PER_MINUTE_MAX = 20;
/** The count of what is durable goes with the next message, or alone after this time: alone it would be a fifth of all writes to the wire. */
const DURABLE_MS_MAX = 200;
const TRY_AGAIN_LATER = 1013;
const MESSAGE_TOO_BIG = 1009;

/** A bucket that fills evenly. `perSecond` also is what it holds. */
class Allowance {
  #left: number;
  #at: number;
  constructor(
    private readonly perSecond: number,
    private readonly size: number,
    private readonly clock: Clock,
  ) {
    this.#left = size;
    this.#at = clock.monotonic();
  }
  take(): boolean {
    const now = this.clock.monotonic();
    this.#left = Math.min(this.size, this.#left + ((now - this.#at) / 1_000) * this.perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** Of an update among those of its socket. `answersLast`: it answers our latest question. */
interface Place {
  readonly number: number;
  readonly answersLast: boolean;
  readonly bytes: number;
  /** Null: it is on its way. */
  taken: Taken | Error | null;
}

export interface RoomSocketParts {
  readonly ws: WebSocket;
  /** What `ws` writes to. */
  readonly wire: Duplex;
  readonly holder: TicketHolder;
  readonly courseId: string;
  /** Whether this person's updates are taken. Never changes in a socket: other rights need another ticket. */
  readonly write: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Duty: one person's connection to one room.
 * Invariant: `durable` counts this socket's updates in their order and never runs ahead of the log; a reader's updates are dropped.
 * What breaks: hostile or broken bytes; a slow or silent peer; an update that is refused.
 * How it recovers: a strike each, three close (4400). After a refused update the count stands still, so that the device keeps its note
 * that something is unsent, until it has answered a new question for all that we lack.
 */
export class RoomSocket implements RoomPeer {
  room: Room | null = null;
  #strikes = 0;
  #durable = 0;
  #told = 0;
  #counting = true;
  /** Messages that count so far, our questions (step 1), and answers to them (the k-th answer is to the k-th question). */
  #received = 0;
  #asked = 0;
  #answers = 0;
  #unsettled = 0;
  /** Updates that are not settled, in the order of their coming. */
  readonly #places = new Set<Place>();
  #whenSettled: (() => void)[] = [];
  #tellingDurable: NodeJS.Timeout | null = null;
  /** What is sent in this turn of the loop. */
  #frames: Uint8Array[] = [];
  #presence: { payload: Uint8Array; timer: NodeJS.Timeout } | null = null;
  readonly #presenceAllowance: Allowance;
  readonly #stepAllowance: Allowance;

  constructor(readonly parts: RoomSocketParts) {
    this.#presenceAllowance = new Allowance(AWARENESS_PER_SECOND_MAX, AWARENESS_PER_SECOND_MAX, parts.clock);
    this.#stepAllowance = new Allowance(STEPS_PER_MINUTE_MAX / 60, STEPS_PER_MINUTE_MAX, parts.clock);
  }

  /** Begins to read. A writer is asked for what we lack; a reader would only send what is dropped. */
  open(room: Room): void {
    this.room = room;
    this.parts.ws.on("message", (data: RawData, binary: boolean) => this.#receive(room, data, binary));
    if (this.parts.write && !room.full) this.#ask(room);
    const everyone = room.awareness.everyone();
    if (everyone) this.#say(everyone);
  }

  send(frame: Uint8Array): void {
    const { ws } = this.parts;
    if (ws.readyState !== ws.OPEN) return;
    if (ws.bufferedAmount > UNSENT_BYTES_MAX) return ws.terminate();
    if (this.#frames.push(frame) === 1) setImmediate(() => this.#endTurn());
  }

  #say(message: Uint8Array): void {
    this.send(binaryFrame(message));
  }

  /** One write to the wire a turn of the loop: what was logged together, and the count that says so. */
  #endTurn(): void {
    if (this.#frames.length > 0) this.#tellDurable();
    const { ws, wire } = this.parts;
    const [first, ...others] = this.#frames.splice(0);
    if (first && ws.readyState === ws.OPEN) wire.write(others.length > 0 ? Buffer.concat([first, ...others]) : first);
  }

  close(code: number, reason: string): void {
    if (this.#presence) clearTimeout(this.#presence.timer);
    if (this.#tellingDurable) clearTimeout(this.#tellingDurable);
    this.#endTurn();
    this.parts.ws.close(code, reason);
  }

  /** Resolves when everything received so far is stored or refused, and the count is sent. */
  async settle(): Promise<void> {
    if (this.#places.size > 0) await new Promise<void>((resolve) => this.#whenSettled.push(resolve));
    this.#tellDurable();
  }

  #receive(room: Room, data: RawData, binary: boolean): void {
    try {
      if (!binary || !(data instanceof Buffer)) throw new TypeError("messages are binary");
      const message = readMessage(data);
      switch (message.kind) {
        case "step1":
          if (!this.#stepAllowance.take()) throw new RangeError("too many questions");
          return this.send(step2Frame(Y.encodeStateAsUpdate(room.doc, message.vector)));
        case "update":
          return this.#takeUpdate(room, message.update, message.whole);
        case "awareness":
          return this.#takePresence(room, message.payload);
        case "query": {
          const everyone = room.awareness.everyone();
          return everyone ? this.#say(everyone) : undefined;
        }
        case "ignored":
          return undefined;
      }
    } catch (error) {
      this.#strike(error);
    }
  }

  #ask(room: Room): void {
    this.#asked += 1;
    this.send(step1Frame(Y.encodeStateVector(room.doc)));
  }

  #takeUpdate(room: Room, bytes: Uint8Array, whole: boolean): void {
    if (!this.parts.write) return;
    // An answer to step 1 may be as large as a message: it holds all that was typed offline.
    if (!whole && bytes.length > ROOM_UPDATE_BYTES_MAX) return this.close(MESSAGE_TOO_BIG, "the update is too large");
    const { update, frame } = updateFrame(bytes);
    this.#hold(update.length);
    this.#received += 1;
    if (whole) this.#answers += 1;
    const place: Place = { number: this.#received, answersLast: whole && this.#answers === this.#asked, bytes: update.length, taken: null };
    this.#places.add(place);
    const answer = (taken: Taken | Error) => {
      place.taken = taken;
      this.#settleInOrder(room);
    };
    room.take({ update, frame, from: this, actor: this.parts.holder.userId, answer });
  }

  #settleInOrder(room: Room): void {
    for (const place of this.#places) {
      if (place.taken === null) return;
      this.#places.delete(place);
      this.#settle(room, place.taken, place);
      this.#hold(-place.bytes);
      this.#tellingDurable ??= setTimeout(() => this.#tellDurable(), DURABLE_MS_MAX);
    }
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }

  #settle(room: Room, taken: Taken | Error, { number, answersLast }: Place): void {
    if (taken instanceof Error) {
      this.parts.log.warn("collab.update_failed", { room: room.name, error: taken });
      this.close(TRY_AGAIN_LATER, "try again later");
    }
    if (taken === "full") this.close(closeCodes.tooLarge, "the document is too large");
    if (taken === "refused") {
      this.#strike(new TypeError("the update does not decode"));
      // An honest update that a starved machine gave up on: its owner answers with all that we lack.
      this.#ask(room);
    }
    if (taken !== "durable") this.#counting = false;
    // The answer to a question that was asked after the refusal holds what was refused, and everything before.
    else if (answersLast) this.#counting = true;
    if (this.#counting) this.#durable = number;
  }

  #tellDurable(): void {
    if (this.#tellingDurable) clearTimeout(this.#tellingDurable);
    this.#tellingDurable = null;
    if (this.#told === this.#durable) return;
    this.#told = this.#durable;
    this.#say(durableMessage(this.#durable));
  }

  #hold(bytes: number): void {
    const { ws } = this.parts;
    const before = this.#unsettled;
    this.#unsettled += bytes;
    if (before <= UNSETTLED_BYTES_MAX && this.#unsettled > UNSETTLED_BYTES_MAX) ws.pause();
    if (before > UNSETTLED_BYTES_MAX && this.#unsettled <= UNSETTLED_BYTES_MAX) ws.resume();
  }

  /** Ten a second; of what is more the last one counts, a little later. */
  #takePresence(room: Room, bytes: Uint8Array): void {
    if (!room.awareness.concerns(this, bytes)) return;
    const payload = Uint8Array.from(bytes);
    if (this.#presence) this.#presence.payload = payload;
    else if (this.#presenceAllowance.take()) room.awareness.take(this, this.parts.holder.userId, payload);
    else this.#presence = { payload, timer: setTimeout(() => this.#takeLate(room), 1_000 / AWARENESS_PER_SECOND_MAX) };
  }

  #takeLate(room: Room): void {
    const late = this.#presence;
    this.#presence = null;
    if (!late || !room.peers.has(this)) return;
    try {
      room.awareness.take(this, this.parts.holder.userId, late.payload);
    } catch (error) {
      this.#strike(error);
    }
  }

  #strike(error: unknown): void {
    this.#strikes += 1;
    this.parts.log.warn("collab.malformed", { room: this.parts.holder.room, userId: this.parts.holder.userId, strikes: this.#strikes, error: String(error) });
    if (this.#strikes >= STRIKES_MAX) this.close(closeCodes.malformed, "malformed messages");
  }
}
