import * as Y from "yjs";
import { CodedError } from "@mochila/shared/errors.ts";
import { ROOM_STATE_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { makeExactDocument } from "./exact-document.mjs";
import { PackedUpdates } from "./packed-updates.ts";
import { RoomAwareness } from "./room-awareness.ts";
import { updateFrame } from "./room-messages.ts";
import { COMPACT_BYTES, COMPACT_ROWS, type Compactor } from "./snapshot.ts";
import { readRoom, readRoomSince, type StoredRoom } from "./store.ts";
import type { UpdateDecoder, Verdict } from "./update-decoder.ts";
import type { UpdateLog } from "./update-log.ts";
import { binaryFrame } from "./wire-frame.ts";

/** Nobody reads the document while others only write: whoever comes waits some 30 ms for so much. */
const UNREAD_MAX = 4_000;
const UNREAD_BYTES_MAX = 256 * 1024;

/** Someone in the room, as the room knows them. */
export interface RoomPeer {
  /** Of a whole message. */
  send(frame: Uint8Array): void;
}

export interface RoomParts {
  readonly database: Database;
  readonly log: Log;
  readonly instance: string;
  readonly updateLog: UpdateLog;
  readonly decoder: UpdateDecoder;
  readonly compactor: Compactor;
}

/** `durable`: logged and told to the others. `refused`: hostile or broken. `full`: the document has reached its bound. */
export type Taken = "durable" | "refused" | "full";

/** What somebody typed. */
export interface Incoming {
  readonly update: Uint8Array;
  /** That is how the others are told. */
  readonly frame: Uint8Array;
  readonly from: RoomPeer;
  readonly actor: string;
  /** Told once. An error is `unavailable`: it cannot be stored now. Must not throw. */
  readonly answer: (taken: Taken | Error) => void;
}

/**
 * Duty: one document in memory, and everyone who has it open.
 * Invariant: the document holds only what is in the log or the snapshot; nobody sees an update before it is durable.
 * What breaks: an update that throws although it was tried; rows of another process; Postgres away.
 * How it recovers: an update that throws is left out and said in the log, of which it stays a part; rows of others are read by transaction
 * horizon at each hint; the log repeats until Postgres answers.
 */
export class Room {
  readonly #doc = makeExactDocument();
  /** Logged and told, not yet in the document. */
  readonly #unread = new PackedUpdates();
  readonly peers = new Set<RoomPeer>();
  readonly awareness = new RoomAwareness((message) => this.#tell(binaryFrame(message)));
  /** Tried and not yet logged or given up. */
  readonly #inFlight = new Set<Incoming>();
  /** Being tried or logged. */
  #taking = 0;
  #whenIdle: (() => void)[] = [];
  #horizon = "0";
  #gen = "0";
  #bytes = 0;
  #rowsSince = 0;
  #bytesSince = 0;
  #compacting: Promise<void> | null = null;
  #reading: Promise<void> = Promise.resolve();

  private constructor(
    readonly name: string,
    private readonly parts: RoomParts,
  ) {}

  static async load(name: string, parts: RoomParts): Promise<Room> {
    const room = new Room(name, parts);
    room.#absorb(await readRoom(parts.database.sql, name));
    return room;
  }

  /** The document, with everything that was logged. */
  get doc(): Y.Doc {
    this.#apply(this.#unread.takeAll());
    return this.#doc;
  }

  /** Past its bound the document is read only: on a cheap phone it would not open any more. */
  get full(): boolean {
    return this.#bytes >= ROOM_STATE_BYTES_MAX;
  }

  /** Something is being tried or logged. */
  get busy(): boolean {
    return this.#taking > 0;
  }

  /** Resolves when all that is being taken now is stored or refused. */
  async idle(): Promise<void> {
    if (this.busy) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Tries, logs, applies and tells the others, in this order. */
  take(incoming: Incoming): void {
    this.#taking += 1;
    this.parts.decoder.check({ room: this.name, update: incoming.update, base: this.#base, answer: (verdict) => this.#tried(incoming, verdict) });
  }

  readonly #base = (): Uint8Array[] => [Y.encodeStateAsUpdate(this.doc), ...[...this.#inFlight].map(({ update }) => update)];

  #tried(incoming: Incoming, verdict: Verdict | Error): void {
    if (verdict instanceof Error || verdict === "refused") return this.#end(incoming, verdict);
    // All of it is in the document, so all of it is durable. With others still on their way into the log it may be theirs: log it again.
    if (verdict === "known" && this.#inFlight.size === 0) return this.#end(incoming, "durable");
    // In the step in which its verdict came: from now on the decoder calls it known, and nobody may take that for durable.
    this.#inFlight.add(incoming);
    if (this.full) void this.compact().then(() => this.#append(incoming));
    else this.#append(incoming);
  }

  #append(incoming: Incoming): void {
    const { update, actor } = incoming;
    if (this.full) this.#lose(incoming, "full");
    else this.parts.updateLog.append({ room: this.name, actor, upd: update }, (failure) => (failure ? this.#lose(incoming, failure) : this.#logged(incoming)));
  }

  /** The decoder's copy has it, the log has not: a second try must not be taken for something known, and so durable. */
  #lose(incoming: Incoming, why: "full" | Error): void {
    this.parts.decoder.forget(this.name);
    this.#inFlight.delete(incoming);
    this.#end(incoming, why);
  }

  #logged(incoming: Incoming): void {
    const { update, frame, from } = incoming;
    this.#leaveUnread(update);
    this.#inFlight.delete(incoming);
    this.#count(update.length);
    this.#tell(frame, from);
    if (this.#rowsSince >= COMPACT_ROWS || this.#bytesSince >= COMPACT_BYTES) void this.compact();
    this.#end(incoming, "durable");
  }

  #end({ answer }: Incoming, taken: Taken | Error): void {
    answer(taken);
    this.#taking -= 1;
    if (!this.busy) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Reads what other processes wrote, and tells everyone here. One after the other. */
  refresh(): Promise<void> {
    this.#reading = this.#reading
      .then(() => readRoomSince(this.parts.database.sql, this.name, { horizon: this.#horizon, gen: this.#gen, instance: this.parts.instance }))
      .then((news) => {
        // Each minute for every room: where nothing is new, what waits goes on waiting.
        if (!news.state && news.updates.length === 0) {
          this.#horizon = news.horizon;
          return;
        }
        const before = Y.encodeStateVector(this.doc);
        if (!this.#absorb(news)) return;
        this.parts.decoder.forget(this.name);
        this.#tell(updateFrame(Y.encodeStateAsUpdate(this.doc, before)).frame);
      })
      .catch((error: unknown) => this.parts.log.warn("collab.refresh_failed", { room: this.name, error }));
    return this.#reading;
  }

  /** Merges the log into the snapshot. A failure is logged and leaves everything as it was. */
  compact(): Promise<void> {
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = null;
    });
    return this.#compacting;
  }

  destroy(): void {
    this.awareness.stop();
    this.parts.decoder.forget(this.name);
    this.#doc.destroy();
  }

  async #compact(): Promise<void> {
    try {
      const done = await this.parts.compactor.compact(this.name);
      this.#rowsSince = 0;
      this.#bytesSince = 0;
      if (done) this.#bytes = done.bytes;
    } catch (error) {
      this.parts.log.error("collab.compaction_failed", { room: this.name, error });
    }
  }

  #leaveUnread(update: Uint8Array): void {
    this.#unread.add(update);
    if (this.#unread.count >= UNREAD_MAX || this.#unread.byteLength >= UNREAD_BYTES_MAX) void this.doc;
  }

  #count(bytes: number): void {
    this.#rowsSince += 1;
    this.#bytesSince += bytes;
    this.#bytes += bytes;
  }

  /** Whether anything was new. */
  #absorb(stored: StoredRoom): boolean {
    const { doc } = this;
    let changed = false;
    const note = () => {
      changed = true;
    };
    doc.on("update", note);
    this.#apply([...(stored.state ? [stored.state] : []), ...stored.updates.map(({ upd }) => upd)]);
    doc.off("update", note);
    const read = stored.updates.reduce((sum, { upd }) => sum + upd.length, 0);
    this.#bytes = stored.state || this.#horizon === "0" ? (stored.state?.length ?? 0) + read : this.#bytes + read;
    this.#rowsSince += stored.updates.length;
    this.#horizon = stored.horizon;
    this.#gen = stored.gen;
    return changed;
  }

  /** What throws is left out: it must not take the whole page with it. Yjs clears up at the end of the transaction, and may throw there, too. */
  #apply(updates: readonly Uint8Array[]): void {
    if (updates.length === 0) return;
    const note = (error: unknown, bytes: number) => this.parts.log.error("collab.row_unreadable", { room: this.name, bytes, error });
    try {
      this.#doc.transact(() => {
        for (const update of updates) {
          try {
            Y.applyUpdate(this.#doc, update, this);
          } catch (error) {
            note(error, update.length);
          }
        }
      }, this);
    } catch (error) {
      note(error, 0);
    }
  }

  #tell(frame: Uint8Array, except?: RoomPeer): void {
    for (const peer of this.peers) if (peer !== except) peer.send(frame);
  }
}

export const roomUnavailable = (): CodedError => new CodedError("unavailable", "the room cannot be opened now", { retryAfterMs: 1_000 });
