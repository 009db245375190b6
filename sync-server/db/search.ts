import type { Sql } from "./database.ts";

type Text = ReturnType<Sql>;

/** More is no search. */
const WORDS_MAX = 8;

/** A name or title as it is put into order: without capitals and accents (`plain_text`, migration 0037; the indexes are on this expression). */
export const plain = (sql: Sql, text: Text): Text => sql`plain_text(${text})`;

/**
 * Whether `text` holds every word that somebody typed, whatever its accents and capitals; true where nothing was typed. What a person typed is text,
 * whatever signs it holds.
 */
export function holdsWords(sql: Sql, text: Text, typed: string | undefined): Text {
  const words = (typed ?? "").split(/\s+/u).filter((word) => word !== "").slice(0, WORDS_MAX);
  const likes = words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  return words.length === 0 ? sql`true` : sql`plain_text(${text}) like all (array(select plain_text(word) from unnest(${likes}::text[]) as word))`;
}
