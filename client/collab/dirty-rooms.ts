import type { Random } from "@mochila/shared/kernel/random.ts";
import type { DirtyRooms } from "../person.ts";
import { openLocalDoc } from "./local-doc.ts";
import { RoomClient } from "./room-client.ts";
import type { AccessToken } from "./room-ticket.ts";
import { isOpenHere } from "./open-rooms.ts";
import { plainTextOf } from "./plain-text.ts";

/** A phone that wakes for a moment does not hold a socket longer. */
const ROOM_MS_MAX = 20_000;

export interface FlushParts {
  readonly userId: string;
  readonly rooms: DirtyRooms;
  readonly random: Random;
  readonly accessToken: AccessToken;
  readonly origin: string;
  stillLeader(): boolean;
  /**
   * The person may no longer write there: keeps the text on the device as rescued work. Answers false if that is not certain yet, as for a
   * page that was made on this device and not sent.
   */
  rescue(lost: { room: string; itemId: string; courseId: string | null; text: string }): Promise<boolean>;
}

/**
 * Sends what was typed in editors that are closed since (DECISIONS 20): each noted room is opened without a view, flushed and closed, one
 * after the other. Called by the leading tab after it has reached the server. Never rejects for one room; the next call tries again.
 */
export async function flushDirtyRooms(parts: FlushParts): Promise<void> {
  for (const { room, itemId, courseId } of await parts.rooms.list()) {
    if (!parts.stillLeader()) return;
    if (!isOpenHere(room)) await flushRoom(parts, { room, itemId, courseId }).catch((error: unknown) => console.error(error));
  }
}

async function flushRoom(parts: FlushParts, place: { room: string; itemId: string; courseId: string | null }): Promise<void> {
  const local = await openLocalDoc(parts.userId, place.room);
  const client = new RoomClient({ ...parts, ...place, local, dirty: true });
  try {
    await client.flushed(ROOM_MS_MAX);
  } catch {
    const { state, write } = client.status();
    const lost = state === "forbidden" || state === "refused" || write === false;
    if (lost && (await parts.rescue({ ...place, text: plainTextOf(local.doc) }))) await parts.rooms.clear(place.room);
  } finally {
    client.close();
    await local.close();
  }
}
