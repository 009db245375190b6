// A server of rooms with real sockets on a real database, and people around it. For tests only.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as decoding from "lib0/decoding";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { messageTypes } from "@mochila/shared/collab/room-messages.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { courseScope, personScope, staffScope } from "@mochila/shared/access/scope.ts";
import { loadActor } from "../access/actor.ts";
import { grantScopes } from "../access/grants.ts";
import type { Database } from "../db/database.ts";
import { silentLog } from "../log.ts";
import type { Hints } from "../sync/hints.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { openSessions } from "../users/open-sessions.ts";
import { CollabServer } from "./collab-server.ts";
import { collabRoutes } from "./routes.ts";

/** Hints inside one process; `muted` loses them all, as a broken connection does. */
export class LocalHints implements Hints {
  muted = false;
  readonly #listeners = new Set<(scopes: ReadonlySet<string>) => void>();
  publish(scopes: readonly string[]): void {
    if (!this.muted && scopes.length > 0) for (const listener of [...this.#listeners]) listener(new Set(scopes));
  }
  subscribe(listener: (scopes: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export interface Person {
  readonly userId: string;
  readonly sessionId: string;
}

export class RoomSchool {
  readonly courseId = newId();
  readonly itemId = newId();
  readonly room = pageRoom(this.itemId, "en");

  constructor(readonly database: Database) {}

  static async open(database: Database): Promise<RoomSchool> {
    const school = new RoomSchool(database);
    await school.write("courses", { id: school.courseId, courseId: school.courseId, title: { en: "Rain" }, description: {}, languages: ["en", "es"], state: "published" });
    await school.page(school.itemId);
    return school;
  }

  async write(collection: string, document: { id: string; [field: string]: unknown }): Promise<void> {
    await this.database.transaction((transaction) => writeDocuments(transaction, [{ collection, document }]));
  }

  async page(id: string, more: Record<string, unknown> = {}): Promise<void> {
    await this.write("items", { id, courseId: this.courseId, kind: "page", moduleId: newId(), title: { en: "Drops" }, order: "V", state: "draft", ...more });
  }

  /** Someone with an open session; without a role, a stranger to the course. */
  async person(role?: CourseRole): Promise<Person> {
    const person = { userId: newId(), sessionId: newId() };
    const { sql } = this.database;
    await sql`INSERT INTO person (id, email, name, system_role) VALUES (${person.userId}, ${`${person.userId}@example.org`}, 'Somebody', 'student')`;
    await sql`INSERT INTO session (id, person_id, created_at, token_number, rotated_at, confirmed_number) VALUES (${person.sessionId}, ${person.userId}, now(), 1, now(), 1)`;
    if (role) await this.enrol(person, role);
    return person;
  }

  async enrol({ userId }: Person, role: CourseRole, state = "active"): Promise<void> {
    const [known] = await this.database.sql<{ id: string }[]>`SELECT id FROM doc_members WHERE owner_id = ${userId}`;
    await this.write("members", { id: known?.id ?? newId(), courseId: this.courseId, userId, name: "Somebody", role, state });
    const staff = role === "instructor" || role === "assistant" ? [staffScope(this.courseId)] : [];
    await this.database.transaction((transaction) => grantScopes(transaction, userId, [personScope(userId), courseScope(this.courseId), ...staff]));
  }

  /** Asks the route for a ticket, as the application would. */
  async ticket(person: Person, room = this.room): Promise<{ ticket: string; write: boolean }> {
    const [route] = collabRoutes({ database: this.database, random: systemRandom });
    const actor = await loadActor(this.database.sql, person.userId);
    return (await route?.handle({ body: { room }, actor, sessionId: person.sessionId } as never)) as { ticket: string; write: boolean };
  }
}

export interface RunningRooms {
  readonly collab: CollabServer;
  readonly hints: LocalHints;
  readonly port: number;
  stop(): Promise<void>;
  /** As a kill: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
}

export async function runRooms(database: Database, { port = 0, hints = new LocalHints(), onDurable }: { port?: number; hints?: LocalHints; onDurable?: (rooms: ReadonlySet<string>) => void } = {}): Promise<RunningRooms> {
  const collab = new CollabServer({
    database,
    hints,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    isOurOrigin: ({ origin }) => origin === "http://school.example",
    openSessions: (ids) => openSessions(database.sql, ids),
    ...(onDurable && { onDurable }),
  });
  const server: Server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new Set<import("node:stream").Duplex>();
  // From the first moment: one that asks for its upgrade only after a kill would keep the server from closing, for ever.
  server.on("connection", (socket) => sockets.add(socket));
  server.on("upgrade", (request, socket, head) => {
    if (!collab.upgrade(request, socket, head)) socket.destroy();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return {
    collab,
    hints,
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      await collab.stop();
      await close();
    },
    kill: close,
  };
}

/** A device: a document, and a provider that asks for a new ticket each time. */
export class Device {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText("probe");
  readonly provider: WebsocketProvider;
  /** Updates and answers that left this socket, and how many of them the server called durable. */
  sent = 0;
  durable = 0;
  /** Sockets so far: the counts are of the last one. */
  connections = 0;
  readonly closes: number[] = [];

  constructor(
    readonly school: Pick<RoomSchool, "room" | "ticket">,
    readonly person: Person,
    server: { port: number },
    room = school.room,
  ) {
    const begin = () => {
      this.sent = 0;
      this.durable = 0;
      this.connections += 1;
    };
    const count = () => (this.sent += 1);
    const note = (code: number) => this.closes.push(code);
    class Counting extends WebSocket {
      constructor(address: string | URL) {
        super(address);
        begin();
        this.on("close", note);
      }
      override send(data: Uint8Array): void {
        if (data[0] === 0 && (data[1] === 1 || data[1] === 2)) count();
        super.send(data);
      }
    }
    this.provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}/collab`, room, this.doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: Counting as never,
      shouldReconnect: () => false,
    });
    this.provider.messageHandlers[messageTypes.durable] = (_, decoder) => {
      this.durable = decoding.readVarUint(decoder);
    };
  }

  async connect(ticket?: string): Promise<void> {
    this.provider.params = { ticket: ticket ?? (await this.school.ticket(this.person, this.provider.roomname)).ticket };
    this.provider.connect();
  }

  disconnect(): void {
    this.provider.disconnect();
  }

  /** Everything that left is durable, and the server's text is here. */
  get settled(): boolean {
    return this.provider.synced && this.sent > 0 && this.sent === this.durable;
  }

  destroy(): void {
    this.provider.destroy();
    this.doc.destroy();
  }
}
