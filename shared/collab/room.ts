import type { Language } from "../kernel/schema.ts";

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
