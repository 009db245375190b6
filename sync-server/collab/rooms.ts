import { Room, type RoomParts, type RoomPeer, roomUnavailable } from "./room.ts";

/**
 * Duty: the rooms that are open in this process, each once.
 * Invariant: two people who ask for one room get the same one, also while it is loading or about to be unloaded.
 * What breaks: loading fails.
 * How it recovers: nothing is kept of it, the next to ask tries again.
 */
export class Rooms {
  readonly #open = new Map<string, Promise<Room>>();
  #stopped = false;

  constructor(private readonly parts: RoomParts) {}

  /** The room with `peer` in it. The peer is in before anything else can happen to the room. */
  async enter(name: string, peer: RoomPeer): Promise<Room> {
    if (this.#stopped) throw roomUnavailable();
    const loading = this.#open.get(name) ?? this.#load(name);
    const room = await loading;
    // It was unloaded between our asking and its coming.
    if (this.#open.get(name) !== loading) return this.enter(name, peer);
    room.peers.add(peer);
    return room;
  }

  leave(room: Room, peer: RoomPeer): void {
    room.peers.delete(peer);
    room.awareness.leave(peer);
    if (room.peers.size === 0 && !this.#stopped) void this.#unload(room);
  }

  /** Other processes wrote into this room. */
  async refresh(name: string): Promise<void> {
    const room = await this.#open.get(name)?.catch(() => null);
    await room?.refresh();
  }

  get names(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Forgets a room that went wrong; whoever comes next reads it from the log. */
  drop(room: Room): void {
    this.#open.delete(room.name);
    room.destroy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const loading of this.#open.values()) (await loading.catch(() => null))?.destroy();
    this.#open.clear();
  }

  #load(name: string): Promise<Room> {
    const loading = Room.load(name, this.parts);
    this.#open.set(name, loading);
    loading.catch(() => {
      if (this.#open.get(name) === loading) this.#open.delete(name);
    });
    return loading;
  }

  /** Not before all that was received is in the log: whoever comes back a moment later loads it from there. */
  async #unload(room: Room): Promise<void> {
    await room.idle();
    await room.compact();
    const held = await this.#open.get(room.name)?.catch(() => null);
    if (held !== room || room.peers.size > 0 || this.#stopped) return;
    if (room.busy) await this.#unload(room);
    else this.drop(room);
  }
}
