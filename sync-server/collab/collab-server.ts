import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { closeCodes } from "@mochila/shared/collab/room-messages.ts";
import { parseRoom } from "@mochila/shared/collab/room.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { ROOM_MESSAGE_BYTES_MAX, ROOM_RECHECK_SECONDS } from "@mochila/shared/limits.ts";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { Hints } from "../sync/hints.ts";
import { roomAccess, roomStandings } from "./room-access.ts";
import { RoomSocket } from "./room-socket.ts";
import { Rooms } from "./rooms.ts";
import { Compactor } from "./snapshot.ts";
import { isRoomHint, readRoomHint, roomHint } from "./store.ts";
import { takeTicket, type TicketHolder } from "./ticket.ts";
import { UpdateDecoder } from "./update-decoder.ts";
import { UpdateLog } from "./update-log.ts";

export interface CollabParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hints: Hints;
  /** Whether a page at `origin` may open a socket here; asked only for browsers, which always send one. */
  readonly isOurOrigin: (from: { readonly origin: string; readonly host: string }) => boolean;
  /** Which of these sessions are still open. */
  readonly openSessions: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Told after updates of these rooms became durable, here or in another process. Must not throw. */
  readonly onDurable?: (rooms: ReadonlySet<string>) => void;
}

interface Connection {
  readonly ws: WebSocket;
  readonly wire: Duplex;
}

const PATH_PATTERN = /^\/collab\/([^/?#]{1,120})$/;
const SOCKETS_MAX = 5_000;
const SOCKETS_PER_PERSON_MAX = 30;
/** Bursts of hints become one look at the database. */
const RECHECK_DELAY_MS = 500;
const PING_MS = 25_000;
const TRY_AGAIN_LATER = 1013;
/** A silent peer does not hold up the stop. */
const CLOSING_MS_MAX = 1_000;

const refuse = (socket: Duplex, status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);

/**
 * Duty: the sockets of all rooms of this process: who gets in, who must go, and an orderly end.
 * Invariant: a socket is in a room only if, at most a minute ago, the database said that its person's session is open and that they may
 * be in this room with these rights. The decision is made for the resolved room, never for an address.
 * What breaks: hints get lost; sockets die without a word; the process stops.
 * How it recovers: everyone is looked at again each minute and rooms are read again; pings end dead sockets; `stop` stores what was
 * received, says so, and closes with 1001.
 */
export class CollabServer {
  readonly instance: string;
  readonly #sockets = new Set<RoomSocket>();
  readonly #wss = new WebSocketServer({ noServer: true, maxPayload: ROOM_MESSAGE_BYTES_MAX, perMessageDeflate: false });
  readonly #decoder = new UpdateDecoder();
  readonly #compactor: Compactor;
  readonly #updateLog: UpdateLog;
  readonly #rooms: Rooms;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #unsubscribe: () => void;
  /** Asked and not yet answered. */
  readonly #silent = new WeakSet<WebSocket>();
  #rechecking: NodeJS.Timeout | null = null;
  /** People whose rights may have changed since the last look. */
  readonly #concerned = new Set<string>();
  /** The look under way, if any: the next one waits for it. */
  #looking: Promise<void> = Promise.resolve();
  #lookingAtAll: Promise<void> | null = null;
  #stopped = false;

  constructor(private readonly parts: CollabParts) {
    const { database, log, hints } = parts;
    this.instance = newId(parts);
    this.#compactor = new Compactor(database);
    this.#updateLog = new UpdateLog({ database, log, instance: this.instance, onDurable: (rooms) => this.#durable(rooms) });
    this.#rooms = new Rooms({ database, log, instance: this.instance, updateLog: this.#updateLog, decoder: this.#decoder, compactor: this.#compactor });
    this.#unsubscribe = hints.subscribe((scopes) => this.#hinted(scopes));
    this.#timers.push(
      setInterval(() => void this.recheck(), ROOM_RECHECK_SECONDS * 1_000).unref(),
      setInterval(() => this.#ping(), PING_MS).unref(),
    );
  }

  /** Takes over an HTTP upgrade. False: not an address of ours, the caller answers. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    if (!path.startsWith("/collab/") && path !== "/collab") return false;
    const room = roomOfPath(path);
    if (!room) refuse(socket, "404 Not Found");
    else if (!this.#isOurs(request)) refuse(socket, "403 Forbidden");
    else if (this.#stopped || this.#sockets.size >= SOCKETS_MAX) refuse(socket, "503 Service Unavailable");
    else
      this.#wss.handleUpgrade(request, socket, head, (ws) => {
        ws.pause();
        ws.on("error", () => ws.terminate());
        void this.#admit({ ws, wire: socket }, room, new URLSearchParams(query).get("ticket") ?? "");
      });
    return true;
  }

  #isOurs({ headers: { origin, host = "" } }: IncomingMessage): boolean {
    return origin === undefined || this.parts.isOurOrigin({ origin, host });
  }

  /** Looks at every socket's session and rights again, and reads the rooms again. One at a time. Never rejects. */
  recheck(): Promise<void> {
    this.#lookingAtAll ??= this.#inTurn(async () => {
      this.#lookingAtAll = null;
      await this.#look([...this.#sockets]);
      for (const name of this.#rooms.names) await this.#rooms.refresh(name);
    });
    return this.#lookingAtAll;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking.then(work).catch((error: unknown) => this.parts.log.warn("collab.recheck_failed", { error }));
    return this.#looking;
  }

  async #look(sockets: readonly RoomSocket[]): Promise<void> {
    const standings = await roomStandings(this.parts.database.sql, sockets.map(({ parts }) => parts.holder));
    for (const [index, socket] of sockets.entries()) {
      const standing = standings[index];
      if (!standing?.sessionOpen) socket.close(closeCodes.ticketEnded, "the session ended");
      else if (!standing.access) socket.close(closeCodes.forbidden, "no longer allowed here");
      // Other rights than before: a new ticket says which.
      else if (standing.access.write !== socket.parts.write) socket.close(closeCodes.ticketEnded, "rights changed");
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#rechecking) clearTimeout(this.#rechecking);
    const sockets = [...this.#sockets];
    for (const { parts } of sockets) parts.ws.pause();
    await this.#decoder.idle();
    await this.#updateLog.stop();
    await Promise.all(sockets.map((socket) => socket.settle()));
    const closed = sockets.map(({ parts: { ws } }) => (ws.readyState === ws.CLOSED ? Promise.resolve() : once(ws, "close")));
    for (const socket of sockets) {
      socket.parts.ws.resume();
      socket.close(closeCodes.goingAway, "the server stops");
    }
    await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, CLOSING_MS_MAX))]);
    for (const { parts } of sockets) parts.ws.terminate();
    await this.#rooms.stop();
    await Promise.all([this.#decoder.stop(), this.#compactor.stop()]);
  }

  async #admit({ ws, wire }: Connection, room: string, ticket: string): Promise<void> {
    try {
      const holder = await takeTicket(this.parts.database.sql, { ticket, room });
      const open = holder ? await this.parts.openSessions([holder.sessionId]) : new Set<string>();
      if (!holder || !open.has(holder.sessionId)) return ws.close(closeCodes.ticketEnded, "the ticket ended");
      const access = await roomAccess(this.parts.database.sql, await loadActor(this.parts.database.sql, holder.userId), room);
      if (!access) return ws.close(closeCodes.forbidden, "not allowed here");
      if ([...this.#sockets].filter(({ parts }) => parts.holder.userId === holder.userId).length >= SOCKETS_PER_PERSON_MAX) return ws.close(TRY_AGAIN_LATER, "too many sockets");
      await this.#enter({ ws, wire }, holder, access);
    } catch (error) {
      this.parts.log.warn("collab.admission_failed", { room, error });
      ws.close(TRY_AGAIN_LATER, "try again later");
    } finally {
      ws.resume();
    }
  }

  async #enter({ ws, wire }: Connection, holder: TicketHolder, access: { courseId: string; write: boolean }): Promise<void> {
    const socket = new RoomSocket({ ws, wire, holder, ...access, clock: this.parts.clock, log: this.parts.log });
    this.#sockets.add(socket);
    ws.on("pong", () => this.#silent.delete(ws));
    ws.on("close", () => {
      this.#sockets.delete(socket);
      if (socket.room) this.#rooms.leave(socket.room, socket);
    });
    const room = await this.#rooms.enter(holder.room, socket);
    if (ws.readyState === ws.OPEN && !this.#stopped) socket.open(room);
    else this.#rooms.leave(room, socket);
  }

  #durable(rooms: ReadonlySet<string>): void {
    this.parts.hints.publish([...rooms].map((room) => roomHint(this.instance, room)));
    this.parts.onDurable?.(rooms);
  }

  #hinted(scopes: ReadonlySet<string>): void {
    const hints = [...scopes].filter(isRoomHint);
    const writtenElsewhere = hints.map(readRoomHint).flatMap((hint) => (hint && hint.instance !== this.instance ? [hint.room] : []));
    for (const room of writtenElsewhere) void this.#rooms.refresh(room);
    if (writtenElsewhere.length > 0) this.parts.onDurable?.(new Set(writtenElsewhere));
    if (hints.length === scopes.size) return;
    for (const { parts: { holder, courseId } } of this.#sockets) {
      if (scopes.has(`u:${holder.userId}`) || scopes.has(`c:${courseId}`) || scopes.has(`cs:${courseId}`)) this.#concerned.add(holder.userId);
    }
    if (this.#concerned.size === 0 || this.#stopped) return;
    this.#rechecking ??= setTimeout(() => {
      this.#rechecking = null;
      void this.#inTurn(() => {
        const concerned = new Set(this.#concerned);
        this.#concerned.clear();
        return this.#look([...this.#sockets].filter(({ parts }) => concerned.has(parts.holder.userId)));
      });
    }, RECHECK_DELAY_MS);
  }

  #ping(): void {
    for (const { parts } of this.#sockets) {
      if (this.#silent.has(parts.ws)) parts.ws.terminate();
      this.#silent.add(parts.ws);
      parts.ws.ping();
    }
  }
}

/** The room that an address names, or null. The room's own grammar decides, after the one decoding that an address has. */
function roomOfPath(path: string): string | null {
  const [, encoded] = PATH_PATTERN.exec(path) ?? [];
  try {
    const room = decodeURIComponent(encoded ?? "");
    return parseRoom(room) ? room : null;
  } catch {
    return null;
  }
}
