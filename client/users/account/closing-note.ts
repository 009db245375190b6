import * as z from "zod/mini";
import { CLOSING_NOTE } from "../here.ts";

/** A shared computer says it to who stands before it now, not to the next person. */
const SAID_MS = 30 * 60_000;

/** What this browser says at its door, of somebody who asked here to close their account. Of a shared computer without who it was. */
const ClosingNote = z.object({ id: z.nullable(z.string()), name: z.nullable(z.string()), closingAt: z.number(), saidUntil: z.number() });
export type ClosingNote = z.infer<typeof ClosingNote>;

export const forgetClosing = (): void => localStorage.removeItem(CLOSING_NOTE);

export function noteClosing({ user, shared, closingAt, now }: { user: { id: string; name: string }; shared: boolean; closingAt: number; now: number }): void {
  const note: ClosingNote = shared ? { id: null, name: null, closingAt, saidUntil: now + SAID_MS } : { id: user.id, name: user.name, closingAt, saidUntil: closingAt };
  localStorage.setItem(CLOSING_NOTE, JSON.stringify(note));
}

/** Null: there is none, or its time is over. */
export function readClosing(now: number): ClosingNote | null {
  const text = localStorage.getItem(CLOSING_NOTE);
  if (text === null) return null;
  const note = ClosingNote.safeParse(JSON.parse(text));
  if (note.success && note.data.saidUntil > now) return note.data;
  forgetClosing();
  return null;
}
