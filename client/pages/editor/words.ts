import { editor as en } from "../../i18n/en/editor.ts";
import { editor as es } from "../../i18n/es/editor.ts";
import { makeWords } from "../../i18n/words.ts";

const words = makeWords({ editor: en }, { editor: es });

/** The sentences of the editor, loaded with it. */
export const useEditorWords = () => words;
