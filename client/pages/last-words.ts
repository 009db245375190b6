import type { RxCollection } from "rxdb/plugins/core";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { lastWordsName } from "../db/names.ts";
import { type NotePlace, saveNote } from "./save-note.ts";

/** A note as it was on screen when its page went. `base`: what the person had begun from. */
export interface LastWords extends NotePlace {
  readonly body: string;
  readonly base: string;
}

type Kept = Readonly<Record<string, LastWords>>;

const read = (userId: string): Kept => JSON.parse(localStorage.getItem(lastWordsName(userId)) ?? "{}") as Kept;

function write(userId: string, kept: Kept): void {
  if (Object.keys(kept).length === 0) localStorage.removeItem(lastWordsName(userId));
  else localStorage.setItem(lastWordsName(userId), JSON.stringify(kept));
}

/**
 * Keeps what was typed in the tenth of a second before a page goes: a write to IndexedDB that begins then may never end, and
 * localStorage takes it at once. The next start of the app puts it into the note. Does nothing where that storage is refused or full.
 */
export function keepLastWords(userId: string, words: LastWords): void {
  try {
    write(userId, { ...read(userId), [words.itemId]: words });
  } catch (error) {
    console.error(error);
  }
}

/** After the note holds them. Of another moment's words it takes none. */
export function forgetLastWords(userId: string, { itemId, body }: Pick<LastWords, "itemId" | "body">): void {
  try {
    const { [itemId]: words, ...others } = read(userId);
    if (words?.body === body) write(userId, others);
  } catch (error) {
    console.error(error);
  }
}

/** Puts the last words of earlier pages into their notes. What cannot be kept now is tried at the next start. */
export async function bringInLastWords(drafts: RxCollection<Draft>, userId: string): Promise<void> {
  let kept: Kept = {};
  try {
    kept = read(userId);
  } catch (error) {
    console.error(error);
  }
  for (const words of Object.values(kept)) {
    await saveNote(drafts, { ...words, userId }, words);
    forgetLastWords(userId, words);
  }
}
