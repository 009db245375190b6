import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { messageTypes } from "@mochila/shared/collab/room-messages.ts";
import { AWARENESS_BYTES_MAX } from "@mochila/shared/limits.ts";

const COLORS = 4;
/** Presence is told at most this often, however many move their cursors. */
const TELL_MS = 50;

interface Entry {
  clock: number;
  /** JSON; "null" after its owner left. */
  state: string;
  readonly owner: object;
}

interface Announcement {
  readonly client: number;
  readonly clock: number;
  readonly state: string;
}

/** The first entry of an awareness message that belongs to `client`, or the first of all. Throws for bytes that are no such message. */
function readOwn(payload: Uint8Array, client: number | null): Announcement | null {
  const decoder = decoding.createDecoder(payload);
  const count = decoding.readVarUint(decoder);
  for (let index = 0; index < count; index += 1) {
    const entry = { client: decoding.readVarUint(decoder), clock: decoding.readVarUint(decoder), state: decoding.readVarString(decoder) };
    if (client === null || entry.client === client) return entry;
  }
  return null;
}

/** Keeps what we know of a state: whose it is by our word, a colour, and a cursor. */
function sanitized(json: string, userId: string): string {
  const state: unknown = JSON.parse(json);
  if (typeof state !== "object" || state === null) return "null";
  const { user, cursor } = state as { user?: { color?: unknown }; cursor?: unknown };
  const color = typeof user?.color === "number" && Number.isInteger(user.color) && user.color >= 1 && user.color <= COLORS ? user.color : 1;
  return JSON.stringify({ user: { userId, color }, cursor: typeof cursor === "object" ? (cursor ?? null) : null });
}

/**
 * Duty: who is here and where their cursors are. Never stored.
 * Invariant: one entry a socket, under the id that it named first; an id belongs to one socket; `user` is the server's word.
 * What breaks: a socket claims the id of another or leaves without a word.
 * How it recovers: a claim is ignored unless both are the same person's (a reconnect takes over); a closed socket's entry is told as gone.
 */
export class RoomAwareness {
  readonly #entries = new Map<number, Entry>();
  readonly #clients = new Map<object, number>();
  readonly #people = new WeakMap<object, string>();
  readonly #dirty = new Set<number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly tell: (message: Uint8Array) => void) {}

  /** Whether a message speaks of the socket itself; the rest are echoes. Throws for bytes that are no such message. */
  concerns(owner: object, payload: Uint8Array): boolean {
    return readOwn(payload, this.#clients.get(owner) ?? null) !== null;
  }

  /** Takes what a socket says of itself. Throws for bytes that are no such message, or too many. */
  take(owner: object, userId: string, payload: Uint8Array): void {
    if (payload.length > AWARENESS_BYTES_MAX) throw new RangeError("awareness is too large");
    const known = this.#clients.get(owner);
    const said = readOwn(payload, known ?? null);
    if (!said) return;
    const state = sanitized(said.state, userId);
    if (known === undefined && !this.#claim(owner, userId, said.client)) return;
    const before = this.#entries.get(said.client);
    if (before && before.owner === owner && before.clock >= said.clock) return;
    this.#entries.set(said.client, { clock: said.clock, state, owner });
    this.#mark(said.client);
  }

  leave(owner: object): void {
    const client = this.#clients.get(owner);
    this.#clients.delete(owner);
    const entry = client === undefined ? undefined : this.#entries.get(client);
    if (client === undefined || !entry || entry.owner !== owner) return;
    this.#entries.set(client, { ...entry, clock: entry.clock + 1, state: "null" });
    this.#mark(client);
  }

  /** Everyone who is here, for a socket that has just come; null if nobody is. */
  everyone(): Uint8Array | null {
    const here = [...this.#entries].filter(([, entry]) => entry.state !== "null").map(([client]) => client);
    return here.length > 0 ? this.#message(here) : null;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  #claim(owner: object, userId: string, client: number): boolean {
    const holder = this.#entries.get(client);
    if (holder && holder.state !== "null" && this.#people.get(holder.owner) !== userId) return false;
    if (holder) this.#clients.delete(holder.owner);
    this.#people.set(owner, userId);
    this.#clients.set(owner, client);
    return true;
  }

  #mark(client: number): void {
    this.#dirty.add(client);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const clients = [...this.#dirty];
      this.#dirty.clear();
      this.tell(this.#message(clients));
      for (const gone of clients) if (this.#entries.get(gone)?.state === "null") this.#entries.delete(gone);
    }, TELL_MS);
  }

  #message(clients: readonly number[]): Uint8Array {
    const inner = encoding.createEncoder();
    encoding.writeVarUint(inner, clients.length);
    for (const client of clients) {
      const entry = this.#entries.get(client);
      encoding.writeVarUint(inner, client);
      encoding.writeVarUint(inner, entry?.clock ?? 0);
      encoding.writeVarString(inner, entry?.state ?? "null");
    }
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, messageTypes.awareness);
    encoding.writeVarUint8Array(message, encoding.toUint8Array(inner));
    return encoding.toUint8Array(message);
  }
}
