import { type Accessor, createSignal } from "solid-js";
import * as decoding from "lib0/decoding";
import { encodeAwarenessUpdate } from "y-protocols/awareness";
import { writeSyncStep2 } from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import { closeCodes, messageTypes } from "@mochila/shared/collab/room-messages.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import * as encoding from "lib0/encoding";
import type { DirtyRooms } from "../person.ts";
import { backoffMs } from "../sync/backoff.ts";
import { makeWaker } from "../sync/waker.ts";
import { countingSocket, type SentCount } from "./counting-socket.ts";
import type { LocalDoc } from "./local-doc.ts";
import { type AccessToken, askTicket } from "./room-ticket.ts";

/** `offline` covers every reason that passes by itself. */
export type RoomState = "connecting" | "online" | "offline" | "forbidden" | "too-large" | "refused";

export interface RoomStatus {
  readonly state: RoomState;
  /** The server's text has been here, in this connection or an earlier one of this client. */
  readonly everSynced: boolean;
  /** Null until the server has said. */
  readonly write: boolean | null;
  /** Something of this document is not known to be durable on the server. */
  readonly unsent: boolean;
}

export interface RoomClientParts {
  readonly room: string;
  readonly itemId: string;
  readonly courseId: string | null;
  readonly local: LocalDoc;
  readonly rooms: DirtyRooms;
  readonly random: Random;
  readonly accessToken: AccessToken;
  /** Origin of the sockets, as `wss://school.example`. */
  readonly origin: string;
  /** Who notes what this document has unsent. */
  readonly holder: string;
  /** Holders whose tabs ended before `local` was opened: what they noted is in it. */
  readonly adopted: readonly string[];
}

const PRESENCE_MS = 120;
/** A connection that is up and acknowledges nothing is not trusted any longer than this. */
const SILENT_MS = 12_000;
const MARK_MS = 1_000;
const REFUSED_AGAIN_MS = 30_000;
/** From the first byte to the server's text, on a slow line: longer is a connection that is dead without saying so. */
const CONNECT_MS_MAX = 20_000;

/**
 * Duty: connects one document with its room, and knows what of it the server has made durable.
 * Invariant: while something is not known to be durable, the room is noted in the person's database; the note is taken back only when the
 * server has counted every update of a connection in which it first asked for all that it lacked.
 * What breaks: the network, the ticket, the server, the tab.
 * How it recovers: a new ticket for each connection, with growing pauses; the note outlives the tab, and `dirty-rooms.ts` sends from it.
 */
export class RoomClient {
  readonly status: Accessor<RoomStatus>;
  readonly provider: WebsocketProvider;
  readonly #setStatus: (next: (before: RoomStatus) => RoomStatus) => void;
  readonly #count: SentCount = { sent: 0 };
  readonly #waker = makeWaker();
  readonly #flushes = new Set<{ done(): void; fail(): void }>();
  #durable = 0;
  #closed = false;
  #answered = false;
  #bytes = 0;
  #noteStale = false;
  #noting = false;
  #mark: ReturnType<typeof setTimeout> | null = null;
  #presence: ReturnType<typeof setTimeout> | null = null;
  #silent: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly parts: RoomClientParts) {
    const [status, setStatus] = createSignal<RoomStatus>({ state: "connecting", everSynced: false, write: null, unsent: parts.adopted.length > 0 });
    this.status = status;
    this.#setStatus = setStatus;
    const { doc } = parts.local;
    this.provider = new WebsocketProvider(`${parts.origin}/collab`, parts.room, doc, {
      connect: false,
      // Two people may share a browser; what one of them types is not the other's.
      disableBc: true,
      WebSocketPolyfill: countingSocket(this.#count),
      shouldReconnect: () => false,
    });
    this.provider.messageHandlers[messageTypes.durable] = (_, decoder) => this.#acknowledged(decoding.readVarUint(decoder));
    this.#sayOwnPresenceOnly();
    doc.on("update", this.#onUpdate);
    globalThis.addEventListener?.("online", this.#wake);
    globalThis.addEventListener?.("offline", this.#drop);
    void this.#run();
  }

  /** Resolves when everything typed so far is durable; rejects after `ms`, or as soon as the server refuses for good. */
  flushed(ms: number): Promise<void> {
    if (!this.status().unsent) return Promise.resolve();
    this.#wake();
    return new Promise((resolve, reject) => {
      const flush = { done: () => end(resolve), fail: () => end(() => reject(new Error("not sent in time"))) };
      const timer = setTimeout(flush.fail, ms);
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#flushes.delete(flush);
        settle();
      };
      this.#flushes.add(flush);
    });
  }

  close(): void {
    this.#closed = true;
    this.parts.local.doc.off("update", this.#onUpdate);
    globalThis.removeEventListener?.("online", this.#wake);
    globalThis.removeEventListener?.("offline", this.#drop);
    for (const timer of [this.#presence, this.#silent]) if (timer) clearTimeout(timer);
    if (this.#mark) {
      clearTimeout(this.#mark);
      void this.#settleNote();
    }
    this.provider.destroy();
    this.#waker.wake();
  }

  readonly #wake = (): void => this.#waker.wake();
  /** Not `ws.close()`, which waits for the other side's goodbye: over a dead network that takes minutes. */
  readonly #drop = (): void => this.provider.disconnect();

  /** y-websocket tells the server what the server told it; and a cursor moves at every key. */
  #sayOwnPresenceOnly(): void {
    const { provider } = this;
    const { awareness, doc } = provider;
    awareness.off("update", provider._awarenessUpdateHandler);
    awareness.on("update", ({ added, updated }: { added: number[]; updated: number[] }) => {
      if (![...added, ...updated].includes(doc.clientID)) return;
      this.#presence ??= setTimeout(() => {
        this.#presence = null;
        const { ws } = provider;
        if (!provider.wsconnected || !ws || ws.readyState !== ws.OPEN) return;
        const encoder = encoding.createEncoder();
        encoding.writeVarUint(encoder, messageTypes.awareness);
        encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [doc.clientID]));
        ws.send(encoding.toUint8Array(encoder));
      }, PRESENCE_MS);
    });
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.provider || origin === this.parts.local.origin) return;
    this.#bytes += update.length;
    const first = !this.status().unsent;
    this.#setStatus((before) => ({ ...before, unsent: true }));
    if (first) void this.#settleNote();
    else this.#mark ??= setTimeout(() => void this.#settleNote(), MARK_MS);
    this.#watch();
  };

  /**
   * Brings the note in line with what is unsent now. One write at a time, and the last state wins: an acknowledgement between two keys
   * begins and ends faster than the database writes, and a note that came after its own end would say «unsent» for ever.
   */
  async #settleNote(): Promise<void> {
    this.#mark = null;
    this.#noteStale = true;
    if (this.#noting) return;
    this.#noting = true;
    const { room, itemId, courseId, rooms, holder, adopted } = this.parts;
    try {
      while (this.#noteStale) {
        this.#noteStale = false;
        await (this.status().unsent ? rooms.mark({ room, itemId, courseId, bytes: this.#bytes, holder }) : rooms.clear(room, [holder, ...adopted]));
      }
    } finally {
      this.#noting = false;
    }
  }

  #acknowledged(count: number): void {
    this.#durable = count;
    // Before its answer to our step 1 the server may not have asked for what we typed earlier.
    if (!this.#answered || count < this.#count.sent || !this.provider.synced) return;
    if (this.#silent) clearTimeout(this.#silent);
    if (this.#mark) clearTimeout(this.#mark);
    this.#silent = null;
    this.#mark = null;
    this.#bytes = 0;
    this.#setStatus((before) => ({ ...before, unsent: false }));
    void this.#settleNote();
    for (const { done } of [...this.#flushes]) done();
  }

  #watch(): void {
    this.#silent ??= setTimeout(() => {
      this.#silent = null;
      if (this.provider.wsconnected && this.#durable < this.#count.sent) this.#drop();
    }, SILENT_MS);
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#closed; ) {
      const outcome = await askTicket(this.parts.room, this.parts.accessToken);
      if (this.#closed) return;
      let wait = 0;
      if (outcome.kind === "ticket") {
        const code = await this.#connect(outcome);
        failures = this.#answered ? 0 : failures + 1;
        this.#become(stateOfClose(code) ?? "offline");
        if (stateOfClose(code)) wait = REFUSED_AGAIN_MS;
      } else {
        failures += 1;
        this.#become(outcome.kind === "forbidden" ? "forbidden" : "offline");
      }
      await this.#waker.wait(Math.max(wait, backoffMs(failures, this.parts.random)));
    }
  }

  /** One connection, from its beginning to its end. Resolves with the close code. */
  #connect({ ticket, write }: { ticket: string; write: boolean }): Promise<number> {
    const { provider } = this;
    this.#answered = false;
    this.#durable = 0;
    this.#setStatus((before) => ({ ...before, write }));
    return new Promise((resolve) => {
      const onSync = (synced: boolean) => {
        if (!synced) return;
        this.#answered = true;
        clearTimeout(slow);
        this.#setStatus((before) => ({ ...before, state: "online", everSynced: true }));
        if (write && this.status().unsent && this.#count.sent === 0) this.#offerAll();
        if (this.#count.sent > 0 && this.#durable >= this.#count.sent) this.#acknowledged(this.#durable);
      };
      const slow = setTimeout(this.#drop, CONNECT_MS_MAX);
      const onClose = (event: CloseEvent | null) => {
        clearTimeout(slow);
        provider.shouldConnect = false;
        provider.off("sync", onSync);
        provider.off("connection-close", onClose);
        resolve(event?.code ?? 1006);
      };
      provider.on("sync", onSync);
      provider.on("connection-close", onClose);
      provider.params = { ticket };
      provider.connect();
    });
  }

  /**
   * A room that has reached its bound asks for nothing, so what waits here would wait for ever without a word. Offered, it is taken after
   * all, or the connection ends with `tooLarge`.
   */
  #offerAll(): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, messageTypes.sync);
    writeSyncStep2(encoder, this.parts.local.doc);
    this.provider.ws?.send(encoding.toUint8Array(encoder));
  }

  #become(state: RoomState): void {
    if (this.#closed) return;
    this.#setStatus((before) => ({ ...before, state }));
    if (isRefusal(state)) for (const { fail } of [...this.#flushes]) fail();
  }
}

/** What no new connection changes by itself. */
export const isRefusal = (state: RoomState): boolean => state === "forbidden" || state === "refused" || state === "too-large";

function stateOfClose(code: number): RoomState | null {
  if (code === closeCodes.forbidden) return "forbidden";
  if (code === closeCodes.tooLarge) return "too-large";
  return code === closeCodes.malformed ? "refused" : null;
}
