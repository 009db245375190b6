import type { Sql } from "./database.ts";

type Text = ReturnType<Sql>;

/** More is no search. */
const WORDS_MAX = 8;

/**
 * Whether `plainText`, a column that holds `plain_text` of what is searched, has every word that somebody typed, whatever its accents and capitals; true where
 * nothing was typed. What a person typed is text, whatever signs it holds.
 */
export function holdsWords(sql: Sql, plainText: Text, typed: string | undefined): Text {
  const words = (typed ?? "").split(/\s+/u).filter((word) => word !== "").slice(0, WORDS_MAX);
  const likes = words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  return words.length === 0 ? sql`true` : sql`${plainText} like all (array(select plain_text(word) from unnest(${likes}::text[]) as word))`;
}
