import type { Localized } from "@mochila/shared/kernel/schema.ts";

/** A title as it was typed, without the languages in which nothing was. */
export const cleanTitle = (typed: Localized<string>): Localized<string> => Object.fromEntries(Object.entries(typed).flatMap(([lang, text]) => (text?.trim() ? [[lang, text.trim()]] : [])));
