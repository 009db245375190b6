import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { DirtyRoomNote, DirtyRooms } from "../person.ts";
import { openLocalDoc } from "./local-doc.ts";
import { plainTextOf } from "./plain-text.ts";
import { isRefusal, RoomClient } from "./room-client.ts";
import { withoutTab } from "./room-holder.ts";
import type { AccessToken } from "./room-ticket.ts";

/** A phone that wakes for a moment does not hold a socket longer. */
const ROOM_MS_MAX = 20_000;
/** Nobody types in a document without a view, so this one notes nothing. */
const HEADLESS = "headless";

export interface LostText {
  readonly room: string;
  readonly itemId: string;
  readonly courseId: string | null;
  readonly title: Localized<string> | null;
  readonly writtenAt: number;
  readonly text: string;
  /** `too-large`: the page has reached its bound. `forbidden`: this person may not, or not yet, write there. */
  readonly reason: "forbidden" | "too-large";
}

export interface FlushParts {
  readonly userId: string;
  readonly rooms: DirtyRooms;
  readonly random: Random;
  readonly accessToken: AccessToken;
  readonly origin: string;
  stillLeader(): boolean;
  /**
   * The server will not take it: keeps the text on the device as rescued work. Answers false if that is not certain yet, as for a page that
   * was made on this device and not sent.
   */
  rescue(lost: LostText): Promise<boolean>;
}

/**
 * Sends what was typed in editors that are closed since (DECISIONS 20): each noted room is opened without a view, flushed and closed, one
 * after the other. An editor that is open in any tab sends for itself; what others noted of its room is sent here all the same. Called by the
 * leading tab after it has reached the server. Never rejects for one room; the next call tries again.
 */
export async function flushDirtyRooms(parts: FlushParts): Promise<void> {
  for (const note of await parts.rooms.list()) {
    if (!parts.stillLeader()) return;
    await flushRoom(parts, note).catch((error: unknown) => console.error(error));
  }
}

async function flushRoom(parts: FlushParts, { room, itemId, courseId, title, at, holders }: DirtyRoomNote): Promise<void> {
  const adopted = await withoutTab(holders);
  if (adopted.length === 0) return;
  const local = await openLocalDoc(parts.userId, room);
  const client = new RoomClient({ ...parts, room, itemId, courseId, local, holder: HEADLESS, adopted });
  try {
    await client.flushed(ROOM_MS_MAX);
  } catch {
    const { state, write } = client.status();
    if (!isRefusal(state) && write !== false) return;
    const reason = state === "too-large" ? state : "forbidden";
    // An editor that is still open notes anew what is typed from here on.
    if (await parts.rescue({ room, itemId, courseId, title, writtenAt: at, text: plainTextOf(local.doc), reason })) await parts.rooms.clear(room, holders);
  } finally {
    client.close();
    await local.close();
  }
}
