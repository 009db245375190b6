import * as z from "zod/mini";
import type { Language } from "../kernel/schema.ts";

/**
 * A room is one document that several people write at once. The y-websocket protocol, update format 1 only, with one more
 * message from the server. Clients that do not know a type ignore it.
 */
export const messageTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /** Server to client: varuint count of this socket's updates that are durably logged (DECISIONS 21). */
  durable: 4,
} as const;

/** 4400–4499: permanent for y-websocket; the client renews its ticket or stops. */
export const closeCodes = {
  /** Hostile or malformed messages, three times. */
  malformed: 4400,
  /** The ticket or the session ended: ask for a new ticket. */
  ticketEnded: 4401,
  /** No longer allowed here. */
  forbidden: 4403,
  tooLarge: 4413,
  /** The server is stopping: come back. */
  goingAway: 1001,
} as const;

/** The one fragment of a page's document, as the editor's binding names it. */
export const FRAGMENT = "prosemirror";

const ROOM_PATTERN = /^page:([0-9a-f-]{36}):(en|es)$/;

export interface PageRoom {
  readonly kind: "page";
  readonly itemId: string;
  readonly lang: Language;
}

export const pageRoom = (itemId: string, lang: Language): string => `page:${itemId}:${lang}`;

/** The parts of a room's name, or null if there is no such kind of room. */
export function parseRoom(name: string): PageRoom | null {
  const [, itemId, lang] = ROOM_PATTERN.exec(name) ?? [];
  return itemId && lang ? { kind: "page", itemId, lang: lang as Language } : null;
}

/** POST /api/collab/ticket */
export const TicketRequest = z.strictObject({ room: z.string().check(z.maxLength(100)) });
/** `write`: whether this person's updates will be taken; a reader's are dropped. */
export const TicketAnswer = z.object({ ticket: z.string(), write: z.boolean() });
