import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";

/** An old text of a page on its way from the history into the editor. */
interface OldText {
  readonly itemId: string;
  readonly lang: Language;
  readonly content: PageContent;
}

let waiting: OldText | null = null;

export const giveText = (text: OldText): void => {
  waiting = text;
};

/** The language in which an old text waits for this page; null: none does. */
export const languageOfText = (itemId: string): Language | null => (waiting?.itemId === itemId ? waiting.lang : null);

/** Given once: a page that is loaded again is not overwritten again. */
export function takeText(itemId: string, lang: Language): PageContent | null {
  if (waiting?.itemId !== itemId || waiting.lang !== lang) return null;
  const { content } = waiting;
  waiting = null;
  return content;
}
